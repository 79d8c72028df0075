package dev.apprentice.launcher.command;

import dev.apprentice.launcher.client.Connection;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that every command has: whose platform is meant. */
final class HomeOption {
    @Option(names = "--home", paramLabel = "DIR", description = "Folder that holds all state (default: ~/.apprentice).")
    Path home = Path.of(System.getProperty("user.home"), ".apprentice");

    Path path() {
        return home.toAbsolutePath().normalize();
    }

    Connection connect() {
        return Connection.open(path());
    }
}
