package dev.apprentice.learning;

/**
 * How good a skill is at this moment; rates are fractions of 1.
 *
 * @param personal on the held-out part of the user's code
 * @param core on the fixed core set
 */
public record Measurement(String commit, Personal personal, Core core, Latency latencyMsPerToken) {
    /**
     * @param exactMatch share of next lines completed exactly
     * @param exactMatchInterval half width of its 95 % confidence interval
     * @param editSimilarity mean of 1 − Levenshtein distance / longer length over next lines
     * @param top1 share of tokens that were held likeliest
     * @param nats mean −log p per token
     */
    public record Personal(
            double exactMatch,
            double exactMatchInterval,
            double editSimilarity,
            double top1,
            double nats,
            int lines,
            long tokens) {}

    public record Core(double top1, double nats, int snippets, long tokens) {}

    /** Milliseconds per generated token without and with the adapter, measured in turn. */
    public record Latency(double base, double adapted) {}
}
