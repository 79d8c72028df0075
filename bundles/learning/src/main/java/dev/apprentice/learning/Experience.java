package dev.apprentice.learning;

import java.time.Instant;

/**
 * One thing to learn from.
 *
 * @param prompt what was there before; may be empty
 * @param answer what the user wants to see there
 * @param source where it comes from, such as {@code api} or {@code file:src/Main.java}
 */
public record Experience(String prompt, String answer, Verdict verdict, String source, Instant time) {
    /** What the user said of the answer. */
    public enum Verdict {
        ACCEPTED,
        CORRECTED,
        REJECTED,
        INGESTED
    }
}
