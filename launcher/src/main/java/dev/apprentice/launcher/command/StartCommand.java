package dev.apprentice.launcher.command;

import dev.apprentice.launcher.Launcher;
import dev.apprentice.launcher.Settings;
import dev.apprentice.launcher.client.Connection;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the platform until it is stopped. */
@Command(
        name = "start",
        description = "Run the platform with its console until it is stopped.",
        mixinStandardHelpOptions = true)
final class StartCommand implements Callable<Integer> {
    @Mixin
    private HomeOption home = new HomeOption();

    @Option(names = "--port", description = "Port of the console and the API; 0 takes any free one (default: 7070).")
    private @Nullable Integer port;

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = Settings.read(home.path());
        serve(Connection.start(port == null ? settings : settings.withPort(port)));
        return 0;
    }

    /** Prints where the console is and waits for SIGTERM, Ctrl-C or {@code apprentice stop}. */
    static void serve(Connection connection) throws InterruptedException {
        Launcher launcher = connection.own().orElseThrow();
        Runtime.getRuntime().addShutdownHook(new Thread(launcher::close, "shutdown"));
        System.out.println("Console: "
                + connection
                        .client()
                        .post("/api/sign-in-token", java.util.Map.of())
                        .path("url")
                        .asString());
        System.out.println(
                "API:     " + connection.client().base() + "/v1  (the key is in the file api-key of the home folder)");
        System.out.println("Stop with Ctrl-C or 'apprentice stop'.");
        launcher.await();
    }
}
