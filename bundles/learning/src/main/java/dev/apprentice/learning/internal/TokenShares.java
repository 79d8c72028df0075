package dev.apprentice.learning.internal;

import java.util.Arrays;

/** Tokens that may come next, and how much speaks for each. */
final class TokenShares {
    private int[] tokens = new int[4];
    private double[] weights = new double[4];
    private int different;
    private double total;

    void add(int token, double weight) {
        total += weight;
        for (int i = 0; i < different; i++) {
            if (tokens[i] == token) {
                weights[i] += weight;
                return;
            }
        }
        if (different == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * different);
            weights = Arrays.copyOf(weights, 2 * different);
        }
        tokens[different] = token;
        weights[different++] = weight;
    }

    boolean isEmpty() {
        return different == 0;
    }

    /** The sum of all weights. */
    double total() {
        return total;
    }

    /** What has the most weight; of several the one that was added first. */
    int likeliest() {
        return tokens[indexOfLikeliest()];
    }

    /** The share of the likeliest. */
    double agreement() {
        return weights[indexOfLikeliest()] / total;
    }

    private int indexOfLikeliest() {
        int best = 0;
        for (int i = 1; i < different; i++) {
            best = weights[i] > weights[best] ? i : best;
        }
        return best;
    }

    /** Different ones. */
    int[] tokens() {
        return Arrays.copyOf(tokens, different);
    }

    /** Fractions of the total, in the order of the tokens. */
    double[] shares() {
        return Arrays.stream(weights, 0, different)
                .map(weight -> weight / total)
                .toArray();
    }
}
