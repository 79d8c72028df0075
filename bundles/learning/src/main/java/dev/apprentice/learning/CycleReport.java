package dev.apprentice.learning;

/**
 * What became of a cycle.
 *
 * @param commit the head after the cycle
 * @param tokensPerSecond of training, forward and back, rehearsal included
 * @param peakMiB most memory the process has held so far
 * @param reason why it was discarded or had nothing to do; empty if committed
 */
public record CycleReport(
        Outcome outcome,
        Commit commit,
        Validation validation,
        String reason,
        double seconds,
        double tokensPerSecond,
        long peakMiB) {
    /** How a cycle ended. */
    public enum Outcome {
        COMMITTED,
        DISCARDED
    }
}
