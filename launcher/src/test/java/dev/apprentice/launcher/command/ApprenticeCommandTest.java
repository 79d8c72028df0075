package dev.apprentice.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApprenticeCommandTest {
    @Test
    void argumentsThatBeginWithAtAreNotReadAsFiles(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("arguments"), "--version\n");
        assertThat(ApprenticeCommand.run("--version")).isZero();
        assertThat(ApprenticeCommand.run("@" + file))
                .as("no such command, and no look into the file")
                .isEqualTo(2);
    }
}
