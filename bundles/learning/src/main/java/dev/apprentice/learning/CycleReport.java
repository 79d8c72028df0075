package dev.apprentice.learning;

/**
 * What became of a cycle.
 *
 * @param commit the head after the cycle
 * @param reason why it was discarded or had nothing to do; empty if committed
 */
public record CycleReport(
        Outcome outcome, Commit commit, Validation validation, String reason, double seconds, long peakMiB) {
    /** How a cycle ended. */
    public enum Outcome {
        COMMITTED,
        DISCARDED
    }
}
