package dev.apprentice.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeLockTest {
    @TempDir
    Path folder;

    @Test
    void aHomeIsTakenByOneAtATime() {
        Path home = folder.resolve("home");
        try (HomeLock first = HomeLock.take(home)) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> HomeLock.take(home))
                    .isInstanceOf(LauncherException.class)
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
        }
        HomeLock.take(home).close();
    }
}
