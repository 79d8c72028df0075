package dev.apprentice.model;

import java.util.Optional;

/**
 * Foretells the next token beside a model, by what has been read: word for word, as a cache language model (Kuhn and De Mori 1990), and
 * by what the model took places to be like, as a nearest-neighbour one (arXiv 1911.00172). It follows one text, token by token; not for
 * several threads at once.
 *
 * <p>A state is the model's hidden state after the final norm, (width), from which it foretells the token that comes next.
 */
public interface Recall {
    /** Foretells nothing. */
    Recall NONE = new Recall() {
        @Override
        public void read(int token) {
            // nothing is recalled by it
        }

        @Override
        public void wrote(int token) {
            // nothing is recalled after it
        }

        @Override
        public void seen(int last, float[] state, int next) {
            // nothing is recalled by it
        }

        @Override
        public Optional<Foretold> next(float[] state, double surest) {
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

    /**
     * Goes on by a token of the model's answer. It is followed, but never recalled: what recall itself brought about would speak for it
     * the next time, and the answer turn in circles.
     */
    void wrote(int token);

    /**
     * Notes a place of the prompt, in the order of the text: how good recall is there tells how much it counts in the answer.
     *
     * @param last the token before it
     * @param state of the model there
     * @param next the token that followed
     */
    void seen(int last, float[] state, int next);

    /**
     * What may follow the text so far; empty if nothing like its end is known.
     *
     * @param state of the model after the last token, or empty if it is not known
     * @param surest probability of the token that the model itself holds likeliest there: where it is sure, less is to be recalled
     */
    Optional<Foretold> next(float[] state, double surest);

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
