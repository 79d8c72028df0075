package dev.apprentice.learning.internal;

/**
 * How much each way of recalling counts beside the model: the softmax of linear functions of how good the recollection looks, in which
 * the model has 0. The rate of right ones of late makes recall fall silent in text of another kind.
 *
 * @param strength what weights are multiplied with: 1 as calibrated
 */
record RecallWeights(double strength) {
    private static final double MOST = 0.98; // of both together

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
        double agreed = !continued.isEmpty()
                        && !neighbours.isEmpty()
                        && continued.counts().likeliest() == neighbours.shares().likeliest()
                ? 1
                : 0;
        double words = continued.isEmpty() ? 0 : Math.exp(wordsScore(continued, fromText, wordsRight, agreed));
        double states = neighbours.isEmpty() ? 0 : Math.exp(statesScore(neighbours, statesRight, agreed));
        double scale = strength / (1 + words + states);
        double most = Math.min(1, MOST / Math.max(scale * (words + states), Double.MIN_NORMAL));
        return new Pair(most * scale * words, most * scale * states);
    }

    /*
     * The coefficients maximise the likelihood of the mixture on what was written in a library (jsoup) after an adapter had learned from
     * the earlier part for 60 cycles, with the memory of that part and the text before each place at hand; and on general text (the
     * rehearsal texts) with a tenth of that weight, because recall makes code of another kind harder to foretell.
     */

    private static double wordsScore(Continuations continued, boolean fromText, double right, double agreed) {
        return -9.8
                + 1.3 * Math.log(continued.length())
                + 0.58 * Math.log(continued.counts().total())
                + 3.7 * continued.counts().agreement()
                + (fromText ? 0.73 : 0)
                + 2.5 * right
                + 0.68 * agreed;
    }

    private static double statesScore(Neighbours neighbours, double right, double agreed) {
        return -9.9 + 6.8 * neighbours.nearest() + 1.55 * neighbours.shares().agreement() + 2.85 * right + 0.3 * agreed;
    }
}
