package dev.apprentice.launcher.command;

import dev.apprentice.launcher.ProgressLine;
import dev.apprentice.launcher.client.Connection;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Measures a skill on the held-out part and on the core set. */
@Command(
        name = "measure",
        description = "Measure a skill on held-out code and on the core set.",
        mixinStandardHelpOptions = true)
final class MeasureCommand implements Callable<Integer> {
    @Mixin
    private HomeOption home = new HomeOption();

    @Mixin
    private JsonOption output = new JsonOption();

    @Mixin
    private SkillOption skill = new SkillOption();

    @Override
    public Integer call() {
        JsonNode measured;
        try (Connection connection = home.connect();
                ProgressLine progress = new ProgressLine()) {
            measured = connection.client().work(skill.path() + "/measure", Map.of(), progress::event);
        }
        output.print(measured, MeasureCommand::text);
        return 0;
    }

    private static void text(JsonNode measured) {
        JsonNode personal = measured.path("personal");
        JsonNode core = measured.path("core");
        System.out.printf(
                "personal: top-1 %.1f %%, exact next lines %.1f ± %.1f %%, edit similarity %.3f (%d lines, %d tokens)%ncore:     top-1 %.1f %%, %.3f nats a token (%d snippets)%n",
                100 * personal.path("top1").asDouble(),
                100 * personal.path("exactMatch").asDouble(),
                100 * personal.path("exactMatchInterval").asDouble(),
                personal.path("editSimilarity").asDouble(),
                personal.path("lines").asInt(),
                personal.path("tokens").asLong(),
                100 * core.path("top1").asDouble(),
                core.path("nats").asDouble(),
                core.path("snippets").asInt());
    }
}
