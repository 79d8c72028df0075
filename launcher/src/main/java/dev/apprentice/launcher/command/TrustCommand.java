package dev.apprentice.launcher.command;

import dev.apprentice.launcher.client.Connection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Whose skills this machine believes. */
@Command(name = "trust", description = "Say whose skills this machine believes.", mixinStandardHelpOptions = true)
final class TrustCommand {
    @Command(
            name = "list",
            description = "List the trusted publishers and authorities.",
            mixinStandardHelpOptions = true)
    int list(@Mixin HomeOption home, @Mixin JsonOption output) {
        try (Connection connection = home.connect()) {
            output.print(
                    connection.client().get("/api/publishers"), publishers -> publishers.forEach(TrustCommand::line));
        }
        return 0;
    }

    @Command(
            name = "add",
            description = "Trust a publisher, or an authority and with it all publishers that it certifies.",
            mixinStandardHelpOptions = true)
    int add(@Mixin HomeOption home, @Parameters(paramLabel = "CERTIFICATE", description = "Its PEM file.") Path file) {
        String pem = new String(InstallCommand.read(file), StandardCharsets.UTF_8);
        try (Connection connection = home.connect()) {
            line(connection.client().postText("/api/publishers", pem));
        }
        return 0;
    }

    @Command(
            name = "remove",
            description = "No longer trust a publisher or an authority; the skills are quarantined.",
            mixinStandardHelpOptions = true)
    int remove(
            @Mixin HomeOption home,
            @Parameters(paramLabel = "FINGERPRINT", description = "As 'trust list' shows it.") String fingerprint) {
        try (Connection connection = home.connect()) {
            connection.client().delete("/api/publishers/" + Paths.segment(fingerprint));
        }
        System.out.println("No longer trusted.");
        return 0;
    }

    private static void line(JsonNode publisher) {
        System.out.println(publisher.path("fingerprint").asString() + "  "
                + publisher.path("name").asString()
                + (publisher.path("authority").asBoolean() ? "  (authority: all publishers that it certifies)" : ""));
    }
}
