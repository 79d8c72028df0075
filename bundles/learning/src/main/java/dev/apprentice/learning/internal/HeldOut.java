package dev.apprentice.learning.internal;

import java.util.List;

/**
 * A file to measure on.
 *
 * @param lines of its text that count; the others are context
 */
record HeldOut(String path, String text, List<LineRange> lines) {
    /** The text up to a line. */
    String linesBefore(int line) {
        StringBuilder before = new StringBuilder();
        text.lines().limit(line).forEach(each -> before.append(each).append('\n'));
        return before.toString();
    }

    boolean counts(int line) {
        return lines.stream().anyMatch(range -> range.from() <= line && line < range.to());
    }
}
