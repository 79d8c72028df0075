package dev.apprentice.launcher;

import dev.apprentice.launcher.client.ApiClient;
import java.io.IOException;
import java.nio.file.Path;

/** A platform of the distribution that runs in a process of its own; closing kills it. */
record RunningPlatform(Process process, Path home, ApiClient client) implements AutoCloseable {

    static RunningPlatform start(Path home) throws IOException, InterruptedException {
        Process process = BuiltProduct.start(home);
        try {
            return new RunningPlatform(process, home, BuiltProduct.await(process, home));
        } catch (AssertionError | InterruptedException e) {
            process.destroyForcibly().waitFor();
            throw e;
        }
    }

    /** Ends the process as {@code kill -9} does and waits until it is gone. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Ends the process as {@code apprentice stop} does and waits until it is gone. */
    void stop() {
        process.destroy();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
