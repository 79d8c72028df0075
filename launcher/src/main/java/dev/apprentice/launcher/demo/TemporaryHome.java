package dev.apprentice.launcher.demo;

import dev.apprentice.launcher.LauncherException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The home of a demo: a folder that the user named, which must be empty and is kept, or a temporary one, which is removed.
 *
 * @param keep whether the folder stays
 */
public record TemporaryHome(Path path, boolean keep) implements AutoCloseable {

    /** The named folder, or a temporary one for null. */
    public static TemporaryHome of(@Nullable Path named) {
        try {
            if (named == null) {
                return new TemporaryHome(Files.createTempDirectory("apprentice-demo"), false);
            }
            Path home = named.toAbsolutePath().normalize();
            if (Files.isDirectory(home) && !list(home).isEmpty()) {
                throw new LauncherException(
                        "The home " + home + " is not empty: the demo wants one of its own, name another --home");
            }
            return new TemporaryHome(home, true);
        } catch (IOException e) {
            throw new LauncherException("No home for the demo could be made: " + e.getMessage(), e);
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Override
    public void close() {
        if (keep) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new LauncherException("The temporary home " + path + " could not be removed: remove it by hand", e);
        }
    }
}
