package dev.apprentice.learning.internal;

import dev.apprentice.model.Recall.Foretold;

/**
 * What recall was worth where the next tokens are known. With q the weight of what was recalled and r the share of the token's probability
 * that came from it, r − q is the derivative of the token's log-likelihood by a constant added to the scores of {@link RecallWeights}, and
 * the mean of its square estimates the Fisher information.
 *
 * @param slope Σ (r − q)
 * @param squares Σ (r − q)²
 * @param tokens how many
 */
record RecallWorth(double slope, double squares, long tokens) {
    static final RecallWorth NONE = new RecallWorth(0, 0, 0);

    /** Of one token that was foretold; probability is that of the mixture. */
    static RecallWorth of(Foretold foretold, int token, double probability) {
        double recalled = 0;
        for (int i = 0; i < foretold.tokens().length; i++) {
            if (foretold.tokens()[i] == token) {
                recalled = foretold.weight() * foretold.shares()[i];
            }
        }
        double share =
                recalled == 0 ? 0 : Math.min(1, recalled / probability); // a probability may be too small to be held
        double slope = share - foretold.weight();
        return new RecallWorth(slope, slope * slope, 1);
    }

    RecallWorth plus(RecallWorth other) {
        return new RecallWorth(slope + other.slope, squares + other.squares, tokens + other.tokens);
    }

    double meanSlope() {
        return tokens == 0 ? 0 : slope / tokens;
    }

    double meanSquare() {
        return tokens == 0 ? 0 : squares / tokens;
    }
}
