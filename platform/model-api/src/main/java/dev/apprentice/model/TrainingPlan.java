package dev.apprentice.model;

/**
 * How a trainer keeps to its {@link TrainingBudget}.
 *
 * @param tokensPerPass short samples go through the network together up to so many tokens
 * @param headRows rows whose logits are held at once
 * @param bytes what a pass of that many tokens takes beside the base model's weights
 */
public record TrainingPlan(
        Activations activations, int tokensPerPass, int headRows, long bytes, TrainingBudget budget) {
    /** What becomes of the activations between the forward and the backward pass. */
    public enum Activations {
        /** All are kept. */
        KEPT,
        /** The input of each block is kept, the rest computed a second time (arXiv 1604.06174). */
        RECOMPUTED
    }

    /** For people. */
    public String text() {
        String how = switch (activations) {
            case KEPT -> "activations kept";
            case RECOMPUTED -> "activations computed a second time from the input of each block";
        };
        return how + ", up to " + tokensPerPass + " tokens a pass, logits of " + headRows + " tokens at once: "
                + mebibytes(bytes) + " MiB of a budget of " + mebibytes(budget.bytes()) + " MiB";
    }

    private static long mebibytes(long bytes) {
        return Math.ceilDiv(bytes, 1L << 20);
    }
}
