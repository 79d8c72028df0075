package dev.apprentice.management.internal;

import dev.apprentice.http.HttpException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Paths on this machine, as requests name them. */
final class LocalPaths {
    private LocalPaths() {}

    /** An absolute path; any other is refused by the name of its field. */
    static Path absolute(String field, @Nullable String text) {
        try {
            Path path = Path.of(text == null ? "" : text);
            if (path.isAbsolute()) {
                return path;
            }
        } catch (InvalidPathException _) {
            // Told below, like a path that is not absolute.
        }
        throw new HttpException(400, "bad_path", field + " must be an absolute path on this machine: change it");
    }
}
