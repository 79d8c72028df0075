package dev.apprentice.learning.internal;

import java.util.Arrays;

/**
 * The places that are most like the one at hand, and what followed there. A token's share is the softmax of its places' similarity,
 * as in the nearest-neighbour language model (arXiv 1911.00172).
 */
final class Neighbours {
    private static final int MOST = 32;
    /** What similarities are multiplied with before they are exponents: the smaller the share of the less alike, the larger it is. */
    private static final double SHARPNESS = 30;

    private final float[] similarities = new float[MOST]; // falling
    private final int[] followers = new int[MOST];
    private int size;

    private int[] tokens = new int[0];
    private double[] shares = new double[0];

    /** Takes a place unless {@value #MOST} more similar ones are known. */
    void offer(float similarity, int follower) {
        if (size == MOST && similarity <= similarities[MOST - 1]) {
            return;
        }
        int at = size == MOST ? MOST - 1 : size++;
        while (at > 0 && similarities[at - 1] < similarity) {
            similarities[at] = similarities[at - 1];
            followers[at] = followers[at - 1];
            at--;
        }
        similarities[at] = similarity;
        followers[at] = follower;
    }

    /** Adds up what followed; after the last offer. */
    Neighbours settle() {
        tokens = new int[size];
        shares = new double[size];
        int different = 0;
        double total = 0;
        for (int i = 0; i < size; i++) {
            double weight = Math.exp(SHARPNESS * (similarities[i] - similarities[0]));
            total += weight;
            int at = 0;
            while (at < different && tokens[at] != followers[i]) {
                at++;
            }
            tokens[at] = followers[i];
            shares[at] += weight;
            different = Math.max(different, at + 1);
        }
        tokens = Arrays.copyOf(tokens, different);
        shares = Arrays.copyOf(shares, different);
        for (int i = 0; i < different; i++) {
            shares[i] /= total;
        }
        return this;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Cosine of the angle to the place that is most alike. */
    double nearest() {
        return similarities[0];
    }

    /** Different ones. */
    int[] tokens() {
        return tokens;
    }

    /** Of the tokens, with the sum 1. */
    double[] shares() {
        return shares;
    }

    int likeliest() {
        return tokens[indexOfLikeliest()];
    }

    /** The share of the likeliest. */
    double agreement() {
        return shares[indexOfLikeliest()];
    }

    private int indexOfLikeliest() {
        int best = 0;
        for (int i = 1; i < shares.length; i++) {
            best = shares[i] > shares[best] ? i : best;
        }
        return best;
    }
}
