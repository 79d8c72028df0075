package dev.apprentice.launcher.command;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.client.Connection;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Stops the running platform and waits for its end. */
@Command(name = "stop", description = "Stop the running platform.", mixinStandardHelpOptions = true)
final class StopCommand implements Callable<Integer> {
    private static final long PATIENCE_SECONDS = 40;

    @Mixin
    private HomeOption home = new HomeOption();

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        ProcessHandle process = Connection.process(home.path())
                .filter(ProcessHandle::isAlive)
                .orElseThrow(() -> new LauncherException("No platform runs on " + home.path()));
        process.destroy();
        try {
            process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new LauncherException(
                    "Process " + process.pid() + " is still stopping after " + PATIENCE_SECONDS
                            + " s: wait, or end it with 'kill -9 " + process.pid() + "' (nothing acknowledged is lost)",
                    e);
        }
        System.out.println("Stopped.");
        return 0;
    }
}
