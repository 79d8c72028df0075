package dev.apprentice.launcher.command;

import dev.apprentice.launcher.client.ApiClient;
import dev.apprentice.launcher.client.Connection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** The marketplaces of this machine and what they offer. */
@Command(
        name = "market",
        description = "Say which marketplaces this machine knows, and find skills in them.",
        mixinStandardHelpOptions = true,
        subcommands = MarketDemoCommand.class)
final class MarketCommand {
    @Command(name = "add", description = "Add a marketplace.", mixinStandardHelpOptions = true)
    int add(
            @Mixin HomeOption home,
            @Mixin JsonOption output,
            @Parameters(index = "0", paramLabel = "NAME", description = "A name of your choice.") String name,
            @Parameters(
                            index = "1..*",
                            arity = "1..*",
                            paramLabel = "ADDRESS",
                            description = "https://…, http://… or a folder; further ones are its mirrors.")
                    List<String> addresses,
            @Option(
                            names = "--root",
                            required = true,
                            paramLabel = "FILE",
                            description = "Its root.json, which you got in a trustworthy way.")
                    Path root,
            @Option(
                            names = "--trust-publishers",
                            description = "Trust each publisher it lists once you install something of theirs.")
                    boolean introduces) {
        Map<String, Object> wanted = Map.of(
                "name",
                name,
                "addresses",
                addresses.stream().map(MarketCommand::absolute).toList(),
                "root",
                new String(InstallCommand.read(root), StandardCharsets.UTF_8),
                "introducesPublishers",
                introduces);
        try (Connection connection = home.connect()) {
            output.print(connection.client().post("/api/markets", wanted), MarketText::line);
        }
        return 0;
    }

    /** A folder is named from where the user stands, which the platform does not know. */
    private static String absolute(String address) {
        return address.contains("://")
                ? address
                : Path.of(address).toAbsolutePath().normalize().toString();
    }

    @Command(
            name = "remove",
            description = "Forget a marketplace and its revocations; what came from it stays.",
            mixinStandardHelpOptions = true)
    int remove(@Mixin HomeOption home, @Parameters(paramLabel = "NAME", description = "Its name.") String name) {
        try (Connection connection = home.connect()) {
            connection.client().delete("/api/markets/" + Paths.segment(name));
        }
        System.out.println("Removed " + name + ".");
        return 0;
    }

    @Command(name = "list", description = "List the marketplaces.", mixinStandardHelpOptions = true)
    int list(@Mixin HomeOption home, @Mixin JsonOption output) {
        try (Connection connection = home.connect()) {
            output.print(connection.client().get("/api/markets"), MarketText::list);
        }
        return 0;
    }

    @Command(
            name = "refresh",
            description = "Fetch what has changed, and stop what is revoked.",
            mixinStandardHelpOptions = true)
    int refresh(
            @Mixin HomeOption home,
            @Mixin JsonOption output,
            @Parameters(arity = "0..1", paramLabel = "NAME", description = "Which (default: all).") @Nullable
                    String name) {
        try (Connection connection = home.connect()) {
            ApiClient client = connection.client();
            ArrayNode refreshed = JsonMapper.shared().createArrayNode();
            for (String one : name == null ? names(client) : List.of(name)) {
                refreshed.add(client.post("/api/markets/" + Paths.segment(one) + "/refresh", Map.of()));
            }
            output.print(refreshed, MarketText::list);
        }
        return 0;
    }

    private static List<String> names(ApiClient client) {
        return client.get("/api/markets")
                .valueStream()
                .map(market -> market.path("name").asString())
                .toList();
    }

    @Command(name = "search", description = "Look for skills.", mixinStandardHelpOptions = true)
    int search(
            @Mixin HomeOption home,
            @Mixin JsonOption output,
            @Parameters(arity = "0..*", paramLabel = "TERMS", description = "Words, or beginnings of words.") @Nullable
                    List<String> terms,
            @Option(names = "--offset", defaultValue = "0", description = "Leave out so many.") int offset,
            @Option(names = "--limit", defaultValue = "20", description = "At most so many (${DEFAULT-VALUE}).")
                    int limit) {
        String query = terms == null ? "" : String.join(" ", terms);
        try (Connection connection = home.connect()) {
            output.print(
                    connection
                            .client()
                            .get("/api/market/search?q=" + Paths.segment(query) + "&offset=" + offset + "&limit="
                                    + limit),
                    MarketText::hits);
        }
        return 0;
    }

    @Command(
            name = "show",
            description = "Show a skill, its versions, and what it would change here.",
            mixinStandardHelpOptions = true)
    int show(
            @Mixin HomeOption home,
            @Mixin JsonOption output,
            @Parameters(paramLabel = "ID", description = "ID, PUBLISHER/ID or ID@VERSION.") String id) {
        try (Connection connection = home.connect()) {
            JsonNode found = connection.client().get("/api/market/skill?id=" + Paths.segment(id));
            output.print(found, MarketText::details);
        }
        return 0;
    }
}
