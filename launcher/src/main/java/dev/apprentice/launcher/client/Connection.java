package dev.apprentice.launcher.client;

import dev.apprentice.launcher.Distribution;
import dev.apprentice.launcher.Launcher;
import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A way to the platform of a home: the one that runs, or one started in this process for as long as the connection lives. */
public final class Connection implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PATIENCE_AFTER_ERROR = Duration.ofSeconds(8);
    private static final long POLL_MILLIS = 25;

    private final ApiClient client;
    private final @Nullable Launcher own;

    private Connection(ApiClient client, @Nullable Launcher own) {
        this.client = client;
        this.own = own;
    }

    /** Connects to the running platform of this home, or starts one on any free port. */
    public static Connection open(Path home) {
        return running(home)
                .map(client -> new Connection(client, null))
                .orElseGet(() -> start(Settings.read(home).withPort(0)));
    }

    /** Starts a platform in this process. */
    public static Connection start(Settings settings) {
        Launcher launcher = Launcher.start(settings, Distribution.current());
        try {
            return new Connection(awaitAnswer(settings.home(), launcher), launcher);
        } catch (RuntimeException e) {
            launcher.close();
            throw e;
        }
    }

    /** The platform that runs on this home, if one does. */
    public static Optional<ApiClient> running(Path home) {
        try {
            if (process(home).isEmpty()) {
                return Optional.empty();
            }
            String key = Files.readString(home.resolve("api-key")).strip();
            return Optional.of(new ApiClient(URI.create(server(home).path("url").asString()), key));
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    /** The process that runs on this home, if one does. */
    public static Optional<ProcessHandle> process(Path home) {
        try {
            return ProcessHandle.of(server(home).path("pid").asLong());
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    /** What the server says of itself while it listens. */
    private static JsonNode server(Path home) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(home.resolve("server.json")));
    }

    private static ApiClient awaitAnswer(Path home, Launcher launcher) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long errorSeen = 0;
        String problem = "the server did not start to listen";
        while (System.nanoTime() < deadline) {
            Optional<ApiClient> client = running(home);
            if (client.isPresent()) {
                try {
                    // what comes up last of all that commands use
                    client.get().get("/api/skills");
                    client.get().get("/api/markets");
                    return client.get();
                } catch (ApiException e) {
                    problem = e.getMessage();
                }
            }
            Optional<String> error = launcher.error();
            if (error.isPresent()) {
                // it may answer in spite of the error; but there is no point in waiting long
                errorSeen = errorSeen == 0 ? System.nanoTime() : errorSeen;
                if (System.nanoTime() - errorSeen > PATIENCE_AFTER_ERROR.toNanos()) {
                    throw new LauncherException("The platform did not come up: " + error.get());
                }
            }
            sleep();
        }
        throw new LauncherException("The platform was started, but does not answer after " + PATIENCE.toSeconds()
                + " s (" + problem + "): see " + home.resolve("logs"));
    }

    private static void sleep() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LauncherException("The start was interrupted", e);
        }
    }

    public ApiClient client() {
        return client;
    }

    /** The platform in this process, if this connection started one. */
    public Optional<Launcher> own() {
        return Optional.ofNullable(own);
    }

    @Override
    public void close() {
        if (own != null) {
            own.close();
        }
    }
}
