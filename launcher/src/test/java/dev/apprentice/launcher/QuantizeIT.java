package dev.apprentice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class QuantizeIT {
    private static final String MODEL = Path.of("../bundles/base-model/src/main/resources/model")
            .toAbsolutePath()
            .normalize()
            .toString();

    @TempDir
    private Path folder;

    @Test
    void theEmbeddedModelIsQuantisedAndMeasured() throws Exception {
        Path target = folder.resolve("base-q4.gguf");
        BuiltProduct.Result result = BuiltProduct.run(
                Duration.ofMinutes(8), "quantize", MODEL, target.toString(), "--method", "awq", "--json");
        assertThat(result.exit()).as(result.errors()).isZero();
        JsonNode report = JsonMapper.shared().readTree(result.output());
        assertThat(report.path("method").asString()).isEqualTo("AWQ");
        assertThat(report.path("weightType").asString()).isEqualTo("Q4_0");
        assertThat(report.path("perplexityBefore").asDouble()).isBetween(3.0, 8.0);
        assertThat(report.path("perplexityAfter").asDouble()
                        / report.path("perplexityBefore").asDouble())
                .isBetween(0.95, 1.05);
        assertThat(report.path("bytesAfter").asLong()).isEqualTo(Files.size(target));
        assertThat(result.errors()).contains("Quantising blocks", "Perplexity after");
    }

    @Test
    void aModelThatIsNotThereIsNamed() throws Exception {
        Path target = folder.resolve("q4.gguf");
        BuiltProduct.Result result = BuiltProduct.run(
                Duration.ofMinutes(3), "quantize", folder.resolve("none.gguf").toString(), target.toString());
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.errors()).contains("none.gguf");
        assertThat(result.output()).isEmpty();
        assertThat(target).doesNotExist();
    }
}
