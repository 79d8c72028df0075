package dev.apprentice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MarketDemoIT {
    @Test
    void livesThroughAMarketplacesWholeLifeAndPrintsOneJsonObject() throws Exception {
        BuiltProduct.Result result = BuiltProduct.run(Duration.ofMinutes(3), "market", "demo", "--json");
        assertThat(result.exit()).as(result.errors()).isZero();
        JsonNode report = JsonMapper.shared().readTree(result.output());
        assertThat(report.path("publishers").asInt()).isEqualTo(3);
        assertThat(report.path("skills").asInt()).isEqualTo(20);
        assertThat(report.path("steps")
                        .valueStream()
                        .map(step -> step.path("name").asString())
                        .toList())
                .containsExactly(
                        "publish",
                        "add",
                        "search",
                        "refuse a stranger",
                        "install",
                        "refuse to grow rights",
                        "update with consent",
                        "roll back",
                        "revoke",
                        "leave the revoked version",
                        "refuse a thief",
                        "recover from the thief",
                        "follow a new root");
        report.path("steps")
                .forEach(step -> assertThat(step.path("outcome").asString()).isNotBlank());
    }
}
