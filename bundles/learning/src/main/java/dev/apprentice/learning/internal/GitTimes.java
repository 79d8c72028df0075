package dev.apprentice.learning.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** When files were added to a Git repository, asked of the {@code git} command. */
final class GitTimes {
    private static final System.Logger LOGGER = System.getLogger(GitTimes.class.getName());
    private static final int LIMIT_SECONDS = 60;
    private static final String COMMIT = "\u0001";

    private GitTimes() {}

    /** Seconds since 1970 of the newest addition of each path below the folder; empty if Git does not know or is not there. */
    static Map<String, Long> of(Path folder) {
        Path output = null;
        try {
            output = Files.createTempFile("git-times", ".txt");
            return parse(run(folder, output) ? Files.readAllLines(output) : List.of());
        } catch (IOException fault) {
            LOGGER.log(System.Logger.Level.DEBUG, "Git gives no order for {0}: {1}", folder, fault.getMessage());
            return Map.of();
        } finally {
            delete(output);
        }
    }

    private static boolean run(Path folder, Path output) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        "git",
                        "-c",
                        "core.quotePath=false",
                        "-C",
                        folder.toString(),
                        "log",
                        "--format=%x01%ct",
                        "--name-only",
                        "--diff-filter=A",
                        "--no-renames",
                        "--relative",
                        "--",
                        ".")
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        // set in Git hooks, they would point at another repository
        builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
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

    private static Map<String, Long> parse(List<String> lines) {
        Map<String, Long> times = new HashMap<>();
        long time = 0;
        for (String line : lines) {
            if (line.startsWith(COMMIT)) {
                time = Long.parseLong(line.substring(COMMIT.length()));
            } else if (!line.isEmpty()) {
                times.putIfAbsent(line, time); // the log goes from new to old
            }
        }
        return times;
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
