package dev.apprentice.learning.internal;

/**
 * How much each way of recalling counts beside the model: the softmax of linear functions of how good the recollection looks, in which
 * the model has 0. The rate of right ones of late makes recall fall silent in text of another kind.
 */
class RecallWeights {
    private static final double MOST = 0.98; // of both together

    private final double strength;

    /** @param strength what weights are multiplied with: 1 as calibrated */
    RecallWeights(double strength) {
        this.strength = strength;
    }

    /** Both between 0 and 1, as their sum is. */
    record Pair(double words, double states) {
        double sum() {
            return words + states;
        }
    }

    /**
     * Weighs what is recalled.
     *
     * @param fromText whether the continuations are those of the text at hand
     * @param wordsRight how often recall word for word was right of late
     * @param statesRight the same of recall by states
     */
    Pair of(Continuations continued, boolean fromText, double wordsRight, Neighbours neighbours, double statesRight) {
        double agreed = !continued.isEmpty() && !neighbours.isEmpty() && continued.likeliest() == neighbours.likeliest()
                ? 1
                : 0;
        double words = continued.isEmpty() ? 0 : Math.exp(wordsScore(continued, fromText, wordsRight, agreed));
        double states = neighbours.isEmpty() ? 0 : Math.exp(statesScore(neighbours, statesRight));
        double scale = strength / (1 + words + states);
        double most = Math.min(1, MOST / Math.max(scale * (words + states), Double.MIN_NORMAL));
        return new Pair(most * scale * words, most * scale * states);
    }

    /*
     * The coefficients maximise the likelihood of the mixture on texts of two libraries (jsoup and vavr) that the memory did not hold,
     * while an adapter had learned from others of the same library for 60 cycles, and on general text (the rehearsal texts) with 0.3 of
     * their weight: without that, recall makes code of another kind harder to foretell.
     */

    private static double wordsScore(Continuations continued, boolean fromText, double right, double agreed) {
        return -11.2
                + 1.33 * Math.log(continued.length())
                + 0.28 * Math.log(continued.total())
                + 4.56 * continued.agreement()
                - (fromText ? 3.4 : 0)
                + 4 * right
                + 1.5 * agreed;
    }

    private static double statesScore(Neighbours neighbours, double right) {
        return -11.3 + 8 * neighbours.nearest() + 1.4 * neighbours.agreement() + 4.2 * right;
    }
}
