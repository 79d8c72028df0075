package dev.apprentice.learning.internal;

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
    private TokenShares shares = new TokenShares();

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
        shares = new TokenShares();
        for (int i = 0; i < size; i++) {
            shares.add(followers[i], Math.exp(SHARPNESS * (similarities[i] - similarities[0])));
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

    /** What followed, once settled. */
    TokenShares shares() {
        return shares;
    }
}
