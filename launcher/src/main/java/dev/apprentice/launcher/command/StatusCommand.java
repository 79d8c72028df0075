package dev.apprentice.launcher.command;

import dev.apprentice.launcher.client.ApiClient;
import dev.apprentice.launcher.client.Connection;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Says whether the platform runs and what it holds. */
@Command(
        name = "status",
        description = "Say whether the platform runs, and what it holds.",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private HomeOption home = new HomeOption();

    @Mixin
    private JsonOption output = new JsonOption();

    @Override
    public Integer call() {
        Optional<ApiClient> running = Connection.running(home.path());
        if (running.isEmpty()) {
            System.err.println("No platform runs on " + home.path() + ": start one with 'apprentice start'");
            return 1;
        }
        output.print(running.get().get("/api/status"), StatusCommand::text);
        return 0;
    }

    private static void text(JsonNode status) {
        System.out.printf(
                "Apprentice %s at %s, up %d s, home %s%nModel %s (%s, %.1f M parameters) on %s%nSkills: %d, bundles: %d%n",
                status.path("version").asString(),
                status.path("url").asString(),
                status.path("uptimeSeconds").asLong(),
                status.path("home").asString(),
                status.path("model").path("name").asString(),
                status.path("model").path("weights").asString(),
                status.path("model").path("parameters").asLong() / 1e6,
                status.path("kernels").asString("?"),
                status.path("skills").asInt(),
                status.path("bundles").size());
    }
}
