package dev.apprentice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchIT {
    @Test
    void measuresTheEmbeddedShapeAndPrintsOneArray() throws Exception {
        BuiltProduct.Result result = BuiltProduct.run(Duration.ofMinutes(5), "bench", "decode", "lora", "--json");
        assertThat(result.exit()).as(result.errors()).isZero();
        JsonNode rows = JsonMapper.shared().readTree(result.output());
        Set<String> benches = new HashSet<>();
        for (JsonNode row : rows) {
            benches.add(row.path("bench").asString());
            assertThat(row.path("shape").asString()).isEqualTo("16m");
            assertThat(row.path("type").asString()).isEqualTo("Q4_0");
            assertThat(row.path("threads").asInt()).isPositive();
            assertThat(row.path("tokensPerSecond").asDouble()).isPositive();
            assertThat(row.path("residentMiB").asLong()).isPositive();
        }
        assertThat(benches).contains("decode", "lora decode");
    }

    @Test
    void measuresChangesOfTheShelfAndAMarketplace() throws Exception {
        BuiltProduct.Result result = BuiltProduct.run(
                Duration.ofMinutes(3), "bench", "install", "--rounds", "1", "--skills", "20000", "--json");
        assertThat(result.exit()).as(result.errors()).isZero();
        JsonNode report = JsonMapper.shared().readTree(result.output());
        assertThat(report.path("skillBytes").asInt()).isBetween(19_000_000, 21_000_000);
        assertThat(report.path("rows")
                        .valueStream()
                        .map(row -> row.path("change").asString()))
                .containsExactly("install", "update", "rollback", "remove");
        for (JsonNode row : report.path("rows")) {
            assertThat(row.path("total").asDouble()).isPositive();
            assertThat(row.path("besidesGate").asDouble())
                    .isBetween(0.0, row.path("total").asDouble());
        }
        assertThat(report.path("rows").path(0).path("gate").asDouble()).isPositive();
        JsonNode market = report.path("market");
        assertThat(market.path("skills").asInt()).isEqualTo(20_000);
        assertThat(market.path("medianSearch").asDouble())
                .isBetween(0.0, market.path("slowestSearch").asDouble());
        assertThat(market.path("changeRefreshBytes").asLong())
                .as("only what changed is transferred")
                .isBetween(1L, market.path("firstRefreshBytes").asLong() / 20);
    }

    @Test
    void anUnknownShapeIsRefusedByName() throws Exception {
        BuiltProduct.Result result = BuiltProduct.run(Duration.ofMinutes(3), "bench", "decode", "--shape", "70b");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.errors()).contains("70b", "8b, 1b or 16m");
        assertThat(result.output()).isEmpty();
    }
}
