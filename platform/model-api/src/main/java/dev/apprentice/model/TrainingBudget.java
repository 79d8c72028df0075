package dev.apprentice.model;

/**
 * What a trainer may take.
 *
 * @param bytes of memory beside the base model's weights
 * @param longestSample tokens of the longest sample that must fit
 */
public record TrainingBudget(long bytes, int longestSample) {
    /** 2 GiB, for samples of up to 512 tokens. */
    public static final TrainingBudget DEFAULT = new TrainingBudget(2L << 30, 512);

    public TrainingBudget {
        if (bytes < 0 || longestSample < 2) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    "A training budget of " + bytes + " bytes for samples of " + longestSample
                            + " tokens is none: give it bytes, and samples at least 2 tokens");
        }
    }

    /** As many bytes, for samples of up to another number of tokens. */
    public TrainingBudget forSamplesOf(int tokens) {
        return new TrainingBudget(bytes, tokens);
    }
}
