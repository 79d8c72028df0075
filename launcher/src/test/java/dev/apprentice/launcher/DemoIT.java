package dev.apprentice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DemoIT {
    @TempDir
    Path folder;

    @Test
    void doesTheMainJobAndPrintsOneJsonObject() throws Exception {
        Path code = TestCode.write(folder.resolve("code"), 20);
        BuiltProduct.Result result =
                BuiltProduct.run(Duration.ofMinutes(5), "demo", "--json", "--cycles", "3", "--code", code.toString());
        assertThat(result.exit()).as(result.errors()).isZero();
        JsonNode report = JsonMapper.shared().readTree(result.output());
        for (String when : new String[] {"before", "after"}) {
            assertThat(report.at("/personal/" + when + "/top1").asDouble()).isBetween(0.0, 1.0);
            assertThat(report.at("/personal/" + when + "/exactMatch").isNumber())
                    .isTrue();
            assertThat(report.at("/personal/" + when + "/editSimilarity").isNumber())
                    .isTrue();
            assertThat(report.at("/core/" + when + "/top1").asDouble()).isBetween(0.2, 1.0);
            assertThat(report.at("/core/" + when + "/nats").asDouble()).isPositive();
        }
        assertThat(report.at("/latencyMsPerToken/base").asDouble()).isPositive();
        assertThat(report.at("/latencyMsPerToken/adapted").asDouble()).isPositive();
        assertThat(report.at("/learningPeakMiB").asLong()).isPositive();
        assertThat(report.at("/cycles/run").asInt()).isEqualTo(3);
        assertThat(report.at("/cycles/committed").asInt()
                        + report.at("/cycles/discarded").asInt())
                .isEqualTo(3);
        assertThat(report.at("/refusedInstalls")).hasSize(3);
        report.at("/refusedInstalls")
                .forEach(
                        refusal -> assertThat(refusal.path("reason").asString()).isNotBlank());
        assertThat(report.at("/versions/installed").asString()).isEqualTo("1.0.0");
        assertThat(report.at("/versions/updated").asString()).isEqualTo("1.1.0");
        assertThat(report.at("/versions/rolledBack").asString()).isEqualTo("1.0.0");
        assertThat(report.at("/seconds").asDouble()).isPositive();
    }

    @Test
    void aFolderWithoutJavaIsRefusedWithItsName() throws Exception {
        BuiltProduct.Result result =
                BuiltProduct.run(Duration.ofMinutes(3), "demo", "--json", "--cycles", "1", "--code", folder.toString());
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.errors()).contains(folder.toString());
        assertThat(result.output()).isEmpty();
    }
}
