package dev.apprentice.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    @TempDir
    Path home;

    @Test
    void aHomeWithoutTheFileHasTheDefaults() {
        Settings settings = Settings.read(home);
        assertThat(settings.httpPort()).isEqualTo(7070);
        assertThat(settings.modelWeights()).isEqualTo("file");
        assertThat(settings.modelDirectory()).isNull();
        assertThat(settings.frameworkProperties()).doesNotContainKey("apprentice.kernels");
    }

    @Test
    void valuesReachTheFramework() throws IOException {
        Files.writeString(
                home.resolve(Settings.FILE),
                "http.port=0\nmodel.weights=Q8_0\nmodel.sparsity=0.5\nkv=Q8_0\nprefix.cache=9\ntraining.memory=77\nkernels=vector\nthreads=3\nmodel.dir="
                        + home + "\n");
        assertThat(Settings.read(home).frameworkProperties())
                .containsEntry("apprentice.http.port", "0")
                .containsEntry("apprentice.model.weights", "Q8_0")
                .containsEntry("apprentice.model.sparsity", "0.5")
                .containsEntry("apprentice.kv", "Q8_0")
                .containsEntry("apprentice.prefix.cache", "9")
                .containsEntry("apprentice.training.memory", "77")
                .containsEntry("apprentice.kernels", "vector")
                .containsEntry("apprentice.threads", "3")
                .containsEntry("apprentice.model.dir", home.toAbsolutePath().toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http.port=-1",
                "http.port=x",
                "model.weights=Q3",
                "kv=BF16",
                "model.sparsity=1",
                "model.sparsity=half",
                "prefix.cache=-1",
                "training.memory=0",
                "kernels=gpu",
                "threads=0",
                "log.level=LOUD",
                "model.dir=/does/not/exist",
                "colour=red"
            })
    void aBadLineIsRefusedWithKeyFileAndRemedy(String line) throws IOException {
        Path file = home.resolve(Settings.FILE);
        Files.writeString(file, line + "\n");
        assertThatThrownBy(() -> Settings.read(home))
                .isInstanceOf(LauncherException.class)
                .hasMessageContaining(line.substring(0, line.indexOf('=')))
                .hasMessageContaining(file.toString());
    }
}
