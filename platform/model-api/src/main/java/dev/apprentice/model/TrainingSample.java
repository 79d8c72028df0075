package dev.apprentice.model;

/**
 * One sequence to learn from.
 *
 * @param tokens at least two, at most the context length
 * @param from the first token whose prediction counts, at least 1
 */
public record TrainingSample(int[] tokens, int from, Objective objective) {
    public TrainingSample {
        tokens = tokens.clone();
        if (from < 1 || from >= tokens.length) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    "A sample of " + tokens.length + " tokens cannot be learned from token " + from
                            + ": keep at least one token before it");
        }
    }

    /** What makes the loss. */
    public enum Objective {
        /** Mean cross-entropy of the tokens. */
        NEXT_TOKEN,
        /** Mean KL(base ‖ adapted): hold on to what the base says of this text. */
        KEEP_BASE
    }
}
