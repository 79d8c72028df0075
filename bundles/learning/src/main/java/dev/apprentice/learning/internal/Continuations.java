package dev.apprentice.learning.internal;

import java.util.Arrays;

/** What followed the longest matches found so far, and how often. */
final class Continuations {
    private int length;
    private int[] tokens = new int[4];
    private int[] counts = new int[4];
    private int different;
    private int total;

    /** Counts a token that followed a match of a length; shorter matches than the longest do not count. */
    void add(int match, int token) {
        if (match < length) {
            return;
        }
        if (match > length) {
            length = match;
            different = 0;
            total = 0;
        }
        total++;
        for (int i = 0; i < different; i++) {
            if (tokens[i] == token) {
                counts[i]++;
                return;
            }
        }
        if (different == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * different);
            counts = Arrays.copyOf(counts, 2 * different);
        }
        tokens[different] = token;
        counts[different++] = 1;
    }

    boolean isEmpty() {
        return total == 0;
    }

    /** Tokens of the matches. */
    int length() {
        return length;
    }

    /** Matches. */
    int total() {
        return total;
    }

    /** What followed most often, the newest on a tie. */
    int likeliest() {
        return tokens[indexOfLikeliest()];
    }

    /** How often that was, as a fraction. */
    double agreement() {
        return (double) counts[indexOfLikeliest()] / total;
    }

    private int indexOfLikeliest() {
        int best = 0;
        for (int i = 1; i < different; i++) {
            best = counts[i] > counts[best] ? i : best;
        }
        return best;
    }

    int[] tokens() {
        return Arrays.copyOf(tokens, different);
    }

    /** Fractions of the total, in the order of the tokens. */
    double[] shares() {
        return Arrays.stream(counts, 0, different)
                .mapToDouble(count -> (double) count / total)
                .toArray();
    }
}
