package dev.apprentice.launcher.command;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.client.ApiClient;
import dev.apprentice.launcher.client.Connection;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Makes a new one-time token for the console. */
@Command(
        name = "token",
        description = "Make a new one-time link that signs a browser in to the console.",
        mixinStandardHelpOptions = true)
final class TokenCommand implements Callable<Integer> {
    @Mixin
    private HomeOption home = new HomeOption();

    @Override
    public Integer call() {
        ApiClient client = Connection.running(home.path())
                .orElseThrow(() -> new LauncherException(
                        "No platform runs on " + home.path() + ": start one with 'apprentice start'"));
        System.out.println(
                client.post("/api/sign-in-token", Map.of()).path("url").asString());
        return 0;
    }
}
