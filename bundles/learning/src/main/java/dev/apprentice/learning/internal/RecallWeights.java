package dev.apprentice.learning.internal;

/**
 * How much each way of recalling counts beside the model: the softmax of linear functions of how good the recollection looks and how sure
 * the model is, in which the model itself has 0. How right and how alike recollections were of late makes recall fall silent in text of
 * another kind.
 *
 * @param strength what weights are multiplied with: 1 as calibrated
 * @param reliance what is added to the scores of both ways: 0 as calibrated ({@link Reliance})
 */
record RecallWeights(double strength, double reliance) {
    private static final double MOST = 0.98; // of both together
    private static final double LEAST_SURE = 1e-6; // as the logarithm of 0 is none

    /** Both between 0 and 1, as their sum is. */
    record Pair(double words, double states) {
        double sum() {
            return words + states;
        }
    }

    /**
     * What is recalled word for word.
     *
     * @param fromText whether they are continuations of the text at hand
     * @param right how often this was right of late
     */
    record Words(Continuations found, boolean fromText, double right) {}

    /**
     * What is recalled by states.
     *
     * @param right how often this was right of late
     * @param alike the mean similarity of the nearest of late
     */
    record States(Neighbours found, double right, double alike) {}

    /**
     * Weighs what is recalled.
     *
     * @param surest probability of the token that the model holds likeliest
     */
    Pair of(Words words, States states, double surest) {
        double sure = Math.log(Math.max(surest, LEAST_SURE));
        double agreed = agree(words.found(), states.found()) ? 1 : 0;
        double byWords = words.found().isEmpty() ? 0 : Math.exp(reliance + score(words, agreed, sure));
        double byStates = states.found().isEmpty() ? 0 : Math.exp(reliance + score(states, agreed, sure));
        double scale = strength / (1 + byWords + byStates);
        double most = Math.min(1, MOST / Math.max(scale * (byWords + byStates), Double.MIN_NORMAL));
        return new Pair(most * scale * byWords, most * scale * byStates);
    }

    private static boolean agree(Continuations words, Neighbours states) {
        return !words.isEmpty()
                && !states.isEmpty()
                && words.counts().likeliest() == states.shares().likeliest();
    }

    /*
     * The coefficients maximise the likelihood of the mixture on what was written in two libraries (jsoup and the tls module of Bouncy
     * Castle) after an adapter had learned from the earlier part for 60 cycles, with the memory of that part and the text before each
     * place at hand; and on general text (the rehearsal texts) with three tenths of that weight, because recall makes code of another
     * kind harder to foretell.
     */

    private static double score(Words words, double agreed, double sure) {
        return -11.1
                + 1.33 * Math.log(words.found().length())
                + 0.44 * Math.log(words.found().counts().total())
                + 3.6 * words.found().counts().agreement()
                + (words.fromText() ? -0.05 : 0)
                + 3.52 * words.right()
                + 1.14 * agreed
                - 0.64 * sure;
    }

    private static double score(States states, double agreed, double sure) {
        return -18.6
                + 6.38 * states.found().nearest()
                + 10.8 * states.alike()
                + 2.02 * states.found().shares().agreement()
                + 1.43 * states.right()
                + 0.27 * agreed
                - 0.43 * sure;
    }
}
