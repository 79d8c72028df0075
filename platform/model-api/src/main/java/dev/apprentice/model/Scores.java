package dev.apprentice.model;

/**
 * How well tokens were foretold, one element a token.
 *
 * @param nats −log p of the token
 * @param best the token the model held likeliest
 * @param hits whether that was the token
 */
public record Scores(float[] nats, int[] best, boolean[] hits) {
    /** Sum of nats. */
    public double totalNats() {
        double sum = 0;
        for (float value : nats) {
            sum += value;
        }
        return sum;
    }

    /** Mean of nats; 0 if there are no tokens. */
    public double meanNats() {
        return nats.length == 0 ? 0 : totalNats() / nats.length;
    }

    /** Number of hits. */
    public int hitCount() {
        int count = 0;
        for (boolean hit : hits) {
            count += hit ? 1 : 0;
        }
        return count;
    }
}
