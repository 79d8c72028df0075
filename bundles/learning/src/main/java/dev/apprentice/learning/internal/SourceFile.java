package dev.apprentice.learning.internal;

import dev.apprentice.learning.Experience;
import java.time.Instant;
import java.util.List;

/**
 * One file to learn from.
 *
 * @param path relative to the folder, with forward slashes
 * @param seconds when it was written, since 1970
 * @param text with line feeds for line ends
 * @param header lines of the licence that stood before the text and were left out
 */
record SourceFile(String path, long seconds, String text, int header) {
    int lineCount() {
        return (int) text.lines().count();
    }

    List<LineRange> allLines() {
        return List.of(new LineRange(0, lineCount()));
    }

    Experience experience(Chunks.Piece piece) {
        return new Experience(
                piece.before(),
                piece.text(),
                Experience.Verdict.INGESTED,
                "file:" + path,
                Instant.ofEpochSecond(seconds));
    }
}
