package dev.apprentice.llm.internal.jinja;

/**
 * A stretch of a template.
 *
 * @param text what stands between the marks, which belong to none
 * @param line where it begins, from 1
 */
record Piece(Kind kind, String text, int line) {
    enum Kind {
        TEXT,
        /** Between double braces. */
        PRINT,
        /** Between braces with percent signs. */
        TAG
    }
}
