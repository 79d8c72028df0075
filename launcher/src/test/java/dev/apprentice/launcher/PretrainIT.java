package dev.apprentice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PretrainIT {
    private static final Path SOURCES =
            Path.of("src/main/java").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    private BuiltProduct.Result pretrain(Path corpus) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("pretrain", "--corpus", corpus.toString()));
        arguments.addAll(List.of("--out", folder.resolve("model").toString(), "--steps", "6", "--batch", "2"));
        arguments.addAll(List.of("--length", "128", "--shape", "64x2", "--fim", "0.5", "--held-out", "0.1", "--json"));
        return BuiltProduct.run(Duration.ofMinutes(5), arguments.toArray(String[]::new));
    }

    @Test
    void aSmallModelIsTrainedWrittenAndRead() throws Exception {
        BuiltProduct.Result result = pretrain(SOURCES);
        assertThat(result.exit()).as(result.errors()).isZero();
        JsonNode measurements = JsonMapper.shared().readTree(result.output()).path("measurements");
        assertThat(measurements.path(measurements.size() - 1).path("heldOut").asDouble())
                .isLessThan(measurements.path(0).path("heldOut").asDouble());
        assertThat(result.errors()).contains("Reading the corpus", "step 6: held-out text");

        byte[] weights = Files.readAllBytes(folder.resolve("model/model.safetensors"));
        BuiltProduct.Result again = pretrain(SOURCES);
        assertThat(JsonMapper.shared().readTree(again.output()).path("from").asInt())
                .isEqualTo(6);
        assertThat(folder.resolve("model/model.safetensors")).hasBinaryContent(weights);

        Path quantised = folder.resolve("model.gguf");
        BuiltProduct.Result read = BuiltProduct.run(
                Duration.ofMinutes(5),
                "quantize",
                folder.resolve("model").toString(),
                quantised.toString(),
                "--method",
                "round");
        assertThat(read.exit()).as(read.errors()).isZero();
        assertThat(quantised).exists();
    }

    @Test
    void aCorpusWithoutTextIsRefused() throws Exception {
        BuiltProduct.Result noText = pretrain(Files.createDirectories(folder.resolve("empty")));
        assertThat(noText.exit()).isEqualTo(1);
        assertThat(noText.errors()).contains("has 0 text files");
        assertThat(noText.output()).isEmpty();
    }
}
