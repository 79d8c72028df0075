package dev.apprentice.learning.internal;

import java.util.List;

/**
 * A file to measure on.
 *
 * @param lines of its text that count; the others are context
 */
record HeldOut(String path, String text, List<LineRange> lines) {
    boolean counts(int line) {
        return lines.stream().anyMatch(range -> range.from() <= line && line < range.to());
    }
}
