package dev.apprentice.launcher.command;

import dev.apprentice.launcher.ProgressLine;
import dev.apprentice.launcher.client.ApiClient;
import dev.apprentice.launcher.client.Connection;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** Runs learning cycles. */
@Command(
        name = "cycle",
        description = "Run learning cycles: sample, train, validate, commit or discard.",
        mixinStandardHelpOptions = true)
final class CycleCommand implements Callable<Integer> {
    @Mixin
    private HomeOption home = new HomeOption();

    @Mixin
    private JsonOption output = new JsonOption();

    @Mixin
    private SkillOption skill = new SkillOption();

    @Option(names = "--count", description = "How many (default: ${DEFAULT-VALUE}).")
    private int count = 1;

    @Override
    public Integer call() {
        JsonNode reports;
        try (Connection connection = home.connect();
                ProgressLine progress = new ProgressLine()) {
            reports = run(connection.client(), skill, count, progress);
        }
        output.print(reports, CycleCommand::text);
        return 0;
    }

    /** Runs cycles and gives their reports. */
    static ArrayNode run(ApiClient client, SkillOption skill, int count, ProgressLine progress) {
        ArrayNode reports = JsonMapper.shared().createArrayNode();
        client.work(skill.path() + "/cycle", Map.of("count", count), (event, data) -> {
            progress.event(event, data);
            if (event.equals("cycle")) {
                reports.add(data);
            }
        });
        return reports;
    }

    static void text(JsonNode reports) {
        for (JsonNode report : reports) {
            System.out.printf(
                    Locale.ROOT,
                    "cycle %d %s %s, %.1f s, %.1f tokens a second in training, at most %d MiB %s%n",
                    report.path("commit").path("cycle").asInt(),
                    report.path("outcome").asString(),
                    report.path("commit").path("id").asString(),
                    report.path("seconds").asDouble(),
                    report.path("tokensPerSecond").asDouble(),
                    report.path("peakMiB").asLong(),
                    report.path("reason").asString(""));
        }
    }
}
