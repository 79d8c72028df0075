package dev.apprentice.learning.internal;

import java.util.List;

/**
 * One file to learn from.
 *
 * @param path relative to the folder, with forward slashes
 * @param seconds when it came to be, since 1970
 * @param text with line feeds for line ends
 */
record SourceFile(String path, long seconds, String text) {
    /** The lines, each with its line end. */
    List<String> lines() {
        return text.lines().map(line -> line + "\n").toList();
    }
}
