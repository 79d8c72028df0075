package dev.apprentice.launcher.command;

import dev.apprentice.launcher.client.Connection;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Lists the installed skills. */
@Command(name = "skills", description = "List the installed skills.", mixinStandardHelpOptions = true)
final class SkillsCommand implements Callable<Integer> {
    @Mixin
    private HomeOption home = new HomeOption();

    @Mixin
    private JsonOption output = new JsonOption();

    @Override
    public Integer call() {
        try (Connection connection = home.connect()) {
            output.print(connection.client().get("/api/skills"), SkillsCommand::text);
        }
        return 0;
    }

    private static void text(JsonNode skills) {
        if (skills.isEmpty()) {
            System.out.println("No skill is installed: 'apprentice install FILE' installs one.");
        }
        for (JsonNode skill : skills) {
            System.out.printf(
                    "%-24s %-10s %-12s %s%s%n",
                    skill.path("id").asString(),
                    skill.path("version").asString(),
                    skill.path("state").asString(),
                    skill.path("publisher").asString(),
                    permissions(skill));
        }
    }

    /** What a skill may do, to follow its publisher; empty if it may do nothing but shape text. */
    static String permissions(JsonNode skill) {
        List<String> labels =
                skill.path("permissions").valueStream().map(JsonNode::asString).toList();
        return labels.isEmpty() ? "" : " (may use " + String.join(", ", labels) + ")";
    }
}
