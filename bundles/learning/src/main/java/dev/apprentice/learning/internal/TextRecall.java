package dev.apprentice.learning.internal;

import dev.apprentice.model.Recall;
import java.util.Optional;

/**
 * Recalls what followed the longest stretch that the end of a text shares with what was read before or with the text itself: an
 * ∞-gram (arXiv 2401.17377) with a cache of the text at hand (Kuhn and De Mori 1990; for code doi:10.1145/3106237.3106290).
 *
 * <p>How much it counts beside the model is a logistic function of how long the match is, how often it was seen, how far its
 * continuations agree, and how often recall was right in this text of late. The last makes it fall silent in text of another kind.
 */
final class TextRecall implements Recall {
    private static final int EXPECTED = 1 << 12; // tokens of a text
    private static final double MOST = 0.98; // weight
    private static final double DECAY = 0.95; // of what is remembered of right and wrong: some 20 tokens

    private final TextIndex memory;
    private final double strength;
    private final TextIndex text = new TextIndex(EXPECTED);
    private double right = 1;
    private double tried = 2;
    private Continuations expected = new Continuations();
    private boolean fromText;

    /** @param strength what weights are multiplied with */
    TextRecall(TextIndex memory, double strength) {
        this.memory = memory;
        this.strength = strength;
    }

    @Override
    public void read(int token) {
        if (!expected.isEmpty()) {
            right = DECAY * right + (expected.likeliest() == token ? 1 : 0);
            tried = DECAY * tried + 1;
        }
        text.add(token);
        Continuations here = text.after(text);
        Continuations before = memory.after(text);
        fromText = here.length() >= before.length();
        expected = fromText ? here : before;
    }

    @Override
    public Optional<Foretold> next() {
        return expected.isEmpty() || strength == 0
                ? Optional.empty()
                : Optional.of(new Foretold(expected.tokens(), expected.shares(), weight()));
    }

    /**
     * The coefficients maximise the likelihood of the mixture on the texts of a library (jsoup), each foretold before it was read,
     * while the embedded model learned from them; but the first two, which were moved towards long matches as far as that cost a
     * thousandth of the likelihood: what is recalled after a few tokens alone makes code of another kind harder to foretell.
     */
    private double weight() {
        double score = -9.9
                + 1.9 * Math.log(expected.length())
                + 0.7 * Math.log(expected.total())
                + 3.2 * expected.agreement()
                + 2.35 * right / tried
                - (fromText ? 1 : 0);
        return Math.min(MOST, strength / (1 + Math.exp(-score)));
    }
}
