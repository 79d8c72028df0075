package dev.apprentice.openai.internal;

import java.util.Optional;

/**
 * Where an answer that fills a gap has run into what stands after the gap: it ends before the first lines of the suffix, word for word.
 *
 * <p>So many lines count as have {@value #LEAST_TOLD} characters that are not blank, since {@code ;} or a closing brace alone may well be
 * part of the gap. A suffix that has fewer in all ends nothing.
 */
final class SuffixStop {
    private static final int LEAST_TOLD = 8;

    private SuffixStop() {}

    /** The text before which an answer ends, without the end of its last line. */
    static Optional<String> of(String suffix) {
        int told = 0;
        for (int i = 0; i < suffix.length(); i++) {
            boolean lineEnds = suffix.charAt(i) == '\n';
            if (lineEnds && told >= LEAST_TOLD) {
                return Optional.of(suffix.substring(0, i));
            }
            told += Character.isWhitespace(suffix.charAt(i)) ? 0 : 1;
        }
        return told >= LEAST_TOLD ? Optional.of(suffix) : Optional.empty();
    }
}
