package dev.apprentice.learning.internal;

/** What followed the longest matches found so far, and how often. */
final class Continuations {
    private int length;
    private TokenShares counts = new TokenShares();

    /** Counts a token that followed a match of a length; shorter matches than the longest do not count. */
    void add(int match, int token) {
        if (match < length) {
            return;
        }
        if (match > length) {
            length = match;
            counts = new TokenShares();
        }
        counts.add(token, 1);
    }

    boolean isEmpty() {
        return counts.isEmpty();
    }

    /** Tokens of the matches. */
    int length() {
        return length;
    }

    /** What followed; the newest was counted first. */
    TokenShares counts() {
        return counts;
    }
}
