package dev.apprentice.launcher.command;

import dev.apprentice.launcher.client.Connection;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Says which installed skills could be updated. */
@Command(
        name = "updates",
        description = "Say which installed skills have a newer version that fits, and what it would change.",
        mixinStandardHelpOptions = true)
final class UpdatesCommand implements Callable<Integer> {
    @Mixin
    private HomeOption home = new HomeOption();

    @Mixin
    private JsonOption output = new JsonOption();

    @Override
    public Integer call() {
        try (Connection connection = home.connect()) {
            output.print(connection.client().get("/api/market/updates"), UpdatesCommand::text);
        }
        return 0;
    }

    private static void text(JsonNode updates) {
        if (updates.isEmpty()) {
            System.out.println("Every installed skill is as new as the marketplaces know.");
        }
        for (JsonNode update : updates) {
            String id = update.path("id").asString();
            System.out.println(id + " " + update.path("installed").asString() + " → "
                    + update.path("available").asString() + " from "
                    + update.path("market").asString() + ": 'apprentice install " + id + "'");
            MarketText.changes(update.path("changes"));
        }
    }
}
