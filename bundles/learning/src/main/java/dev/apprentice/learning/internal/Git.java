package dev.apprentice.learning.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks the {@code git} command about a folder. It reads committed trees only, so that no filter or hook of a repository runs. */
final class Git {
    private static final System.Logger LOGGER = System.getLogger(Git.class.getName());
    private static final int LIMIT_SECONDS = 60;

    private final Path folder;

    Git(Path folder) {
        this.folder = folder;
    }

    /** What the command prints; empty if there is no Git, no repository, or the command fails or takes too long. */
    Optional<byte[]> bytes(String input, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of("git", "-c", "core.quotePath=false", "-c", "core.fsmonitor=false", "-C"));
        command.add(folder.toString());
        command.addAll(List.of(arguments));
        Path asked = null;
        Path answer = null;
        try {
            asked = Files.createTempFile("git-", ".in");
            answer = Files.createTempFile("git-", ".out");
            Files.writeString(asked, input);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(asked.toFile())
                    .redirectOutput(answer.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD);
            // set in Git hooks, they would point at another repository
            builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
            return succeeds(builder) ? Optional.of(Files.readAllBytes(answer)) : Optional.empty();
        } catch (IOException fault) {
            LOGGER.log(System.Logger.Level.DEBUG, "Git says nothing of {0}: {1}", folder, fault.getMessage());
            return Optional.empty();
        } finally {
            delete(asked);
            delete(answer);
        }
    }

    /** The lines it prints; none if it fails. */
    List<String> lines(String... arguments) {
        return bytes("", arguments)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8).lines().toList())
                .orElse(List.of());
    }

    private static boolean succeeds(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        try {
            return process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            process.destroyForcibly();
        }
    }

    private static void delete(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException fault) {
            LOGGER.log(System.Logger.Level.DEBUG, "Could not delete {0}", file);
        }
    }
}
