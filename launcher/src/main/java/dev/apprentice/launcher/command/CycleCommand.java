package dev.apprentice.launcher.command;

import dev.apprentice.launcher.ProgressLine;
import dev.apprentice.launcher.client.Connection;
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
        ArrayNode reports = JsonMapper.shared().createArrayNode();
        try (Connection connection = home.connect();
                ProgressLine progress = new ProgressLine()) {
            connection.client().work(skill.path() + "/cycle", Map.of("count", count), (event, data) -> {
                progress.event(event, data);
                if (event.equals("cycle")) {
                    reports.add(data);
                }
            });
        }
        output.print(reports, all -> all.forEach(CycleCommand::text));
        return 0;
    }

    private static void text(JsonNode report) {
        System.out.printf(
                "cycle %d %s %s %s%n",
                report.path("commit").path("cycle").asInt(),
                report.path("outcome").asString(),
                report.path("commit").path("id").asString(),
                report.path("reason").asString(""));
    }
}
