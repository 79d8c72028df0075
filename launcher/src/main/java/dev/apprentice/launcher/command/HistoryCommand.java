package dev.apprentice.launcher.command;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.client.Connection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Reads the history of what a skill learned, and goes back in it. */
@Command(
        name = "history",
        description = "Read the history of what a skill learned, and go back in it.",
        mixinStandardHelpOptions = true)
final class HistoryCommand {
    private static final int SHORT = 12;

    @Command(name = "log", description = "List the commits of a skill, newest first.", mixinStandardHelpOptions = true)
    int log(@Mixin HomeOption home, @Mixin JsonOption output, @Mixin SkillOption skill) {
        try (Connection connection = home.connect()) {
            String head = connection
                    .client()
                    .get(skill.path())
                    .path("head")
                    .path("id")
                    .asString("");
            output.print(
                    connection.client().get(skill.path() + "/history"),
                    commits -> commits.forEach(commit -> line(commit, head)));
        }
        return 0;
    }

    private static void line(JsonNode commit, String head) {
        String id = commit.path("id").asString();
        System.out.printf(
                "%s %s  %-9s  %s  cycle %-4d %s%s%n",
                id.equals(head) ? "*" : " ",
                id.substring(0, SHORT),
                commit.path("kind").asString(),
                commit.path("skillVersion").asString(),
                commit.path("cycle").asInt(),
                commit.path("time").asString(),
                commit.path("restorable").asBoolean() ? "" : "  (tensors no longer kept)");
    }

    @Command(name = "show", description = "Show one commit.", mixinStandardHelpOptions = true)
    int show(
            @Mixin HomeOption home,
            @Mixin JsonOption output,
            @Mixin SkillOption skill,
            @Parameters(paramLabel = "COMMIT", description = "Its id, or enough of its beginning.") String commit) {
        try (Connection connection = home.connect()) {
            JsonNode found = find(connection, skill, commit);
            output.print(found, value -> System.out.println(value.toPrettyString()));
        }
        return 0;
    }

    @Command(
            name = "rollback",
            description = "Go back to a commit or to a kept version.",
            mixinStandardHelpOptions = true)
    int rollback(
            @Mixin HomeOption home,
            @Mixin SkillOption skill,
            @Parameters(arity = "0..1", paramLabel = "COMMIT", description = "The commit.") @Nullable String commit,
            @Option(
                            names = "--version-of-skill",
                            paramLabel = "VERSION",
                            description = "Go back to this version of the skill.")
                    @Nullable
                    String version) {
        if ((commit == null) == (version == null)) {
            throw new LauncherException(
                    "Say where to go back to: a COMMIT (see 'history log'), or --version-of-skill VERSION");
        }
        try (Connection connection = home.connect()) {
            Map<String, String> target = version != null
                    ? Map.of("version", version)
                    : Map.of(
                            "commit",
                            find(connection, skill, String.valueOf(commit))
                                    .path("id")
                                    .asString());
            JsonNode now = connection.client().post(skill.path() + "/rollback", target);
            System.out.println("Rolled back: " + skill.id + " is at version "
                    + now.path("version").asString());
        }
        return 0;
    }

    private static JsonNode find(Connection connection, SkillOption skill, String start) {
        JsonNode match = null;
        for (JsonNode commit : connection.client().get(skill.path() + "/history")) {
            if (commit.path("id").asString().startsWith(start)) {
                if (match != null) {
                    throw new LauncherException(
                            "Several commits of " + skill.id + " begin with " + start + ": give more of the id");
                }
                match = commit;
            }
        }
        if (match == null) {
            throw new LauncherException(
                    "No commit of " + skill.id + " begins with " + start + ": see 'apprentice history log'");
        }
        return match;
    }
}
