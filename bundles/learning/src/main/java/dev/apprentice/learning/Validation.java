package dev.apprentice.learning;

/**
 * What the gate measured of one cycle, in mean nats per token, before and after.
 *
 * @param trainLoss mean loss of the cycle's own experiences while training
 * @param personal on experiences of this user that were not trained on in this cycle
 * @param general on general text
 * @param publisher on the publisher's validation texts
 */
public record Validation(double trainLoss, Pair personal, Pair general, Pair publisher) {
    /** Before and after; both 0 if there was nothing to measure on. */
    public record Pair(double before, double after) {}
}
