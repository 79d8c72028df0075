package dev.apprentice.model;

import java.util.Optional;

/**
 * Foretells the next token beside a model, by what has been read word for word: a cache language model (Kuhn and De Mori 1990). It
 * follows one text, token by token; not for several threads at once.
 */
public interface Recall {
    /** Foretells nothing. */
    Recall NONE = new Recall() {
        @Override
        public void read(int token) {
            // nothing is recalled by it
        }

        @Override
        public Optional<Foretold> next() {
            return Optional.empty();
        }
    };

    /** Goes on by a token of the text. */
    void read(int token);

    /** Goes on by some. */
    default void read(int... tokens) {
        for (int token : tokens) {
            read(token);
        }
    }

    /** What may follow the text read so far; empty if nothing like its end is known. */
    Optional<Foretold> next();

    /**
     * Tokens that may come next. The answer's distribution is (1 − weight) · the model's + weight · shares.
     *
     * @param tokens different ones, at least one
     * @param shares of the same length, positive, with the sum 1
     * @param weight over 0 and below 1
     */
    @SuppressWarnings("ArrayRecordComponent") // read once, by the model alone
    record Foretold(int[] tokens, double[] shares, double weight) {
        public Foretold {
            if (tokens.length == 0 || tokens.length != shares.length || !(weight > 0 && weight < 1)) {
                throw new IllegalArgumentException(
                        tokens.length + " tokens with " + shares.length + " shares at weight " + weight
                                + ": give as many shares as tokens, and a weight between 0 and 1");
            }
        }
    }
}
