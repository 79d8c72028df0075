package dev.apprentice.learning.internal;

import dev.apprentice.model.Recall;
import java.util.Arrays;
import java.util.Optional;

/**
 * Recalls in two ways from what was read before and from the text at hand. Word for word: what followed the longest stretch that the end
 * of the text shares with one of them, an ∞-gram (arXiv 2401.17377) with a cache of the text at hand (Kuhn and De Mori 1990; for code
 * doi:10.1145/3106237.3106290). And by states: what followed where the model's state was like its state now, a nearest-neighbour
 * language model (arXiv 1911.00172).
 */
final class TextRecall implements Recall {
    private static final int EXPECTED = 1 << 12; // tokens of a text
    private static final int TRIED = 48; // places of a prompt

    private final TextIndex words;
    private final StateIndex.Search states;
    private final StateKeys keys;
    private final RecallWeights weights;

    private final TextIndex text = new TextIndex(EXPECTED);
    private final SeenStates seen;
    private final HitRate wordsRight = new HitRate();
    private final HitRate statesRight = new HitRate();
    private boolean triedPrompt;
    private int last = -1;
    private float[] state = new float[0];
    private float[] key = new float[0];
    private Continuations continued = new Continuations();
    private boolean fromText;
    private Neighbours neighbours = new Neighbours();

    /** @param states in which to search; by this recall alone */
    TextRecall(TextIndex words, StateIndex.Search states, StateKeys keys, RecallWeights weights) {
        this.words = words;
        this.states = states;
        this.keys = keys;
        this.weights = weights;
        this.seen = new SeenStates(keys);
    }

    @Override
    public void read(int token) {
        if (!continued.isEmpty()) {
            wordsRight.note(continued.likeliest() == token);
        }
        if (!neighbours.isEmpty()) {
            statesRight.note(neighbours.likeliest() == token);
        }
        if (state.length > 0) {
            seen.add(last, state, key, token);
            state = new float[0];
        }
        neighbours = new Neighbours();
        last = token;
        text.add(token);
        Continuations here = text.after(text);
        Continuations before = words.after(text);
        fromText = here.length() >= before.length();
        continued = fromText ? here : before;
    }

    @Override
    public void seen(int token, float[] at, int next) {
        seen.add(token, at, null, next);
    }

    @Override
    public Optional<Foretold> next(float[] at) {
        if (!triedPrompt) {
            triedPrompt = true;
            tryPrompt();
        }
        state = at;
        if (at.length > 0) {
            key = keys.of(at, 0);
            neighbours = alike();
        }
        RecallWeights.Pair pair = weights.of(continued, fromText, wordsRight.value(), neighbours, statesRight.value());
        return pair.sum() > 0 ? Optional.of(mixed(pair)) : Optional.empty();
    }

    /** How right recall by states would have been at the end of the prompt tells how much it may count from the first token on. */
    private void tryPrompt() {
        for (SeenStates.Place place : seen.newest(TRIED)) {
            Neighbours found = new Neighbours();
            states.find(place.last(), place.key(), found);
            if (!found.isEmpty()) {
                statesRight.note(found.settle().likeliest() == place.follower());
            }
        }
    }

    private Neighbours alike() {
        Neighbours found = new Neighbours();
        seen.find(last, key, found);
        states.find(last, key, found);
        return found.settle();
    }

    private Foretold mixed(RecallWeights.Pair pair) {
        int[] exact = pair.words() > 0 ? continued.tokens() : new int[0];
        int[] alike = pair.states() > 0 ? neighbours.tokens() : new int[0];
        int[] tokens = Arrays.copyOf(exact, exact.length + alike.length);
        double[] shares = new double[tokens.length];
        int count = 0;
        count = add(exact, continued.shares(), pair.words() / pair.sum(), tokens, shares, count);
        count = add(alike, neighbours.shares(), pair.states() / pair.sum(), tokens, shares, count);
        return new Foretold(Arrays.copyOf(tokens, count), Arrays.copyOf(shares, count), pair.sum());
    }

    /** Adds a part's shares to those of the tokens so far; how many tokens there are then. */
    private static int add(int[] part, double[] partShares, double scale, int[] tokens, double[] shares, int count) {
        int different = count;
        for (int i = 0; i < part.length; i++) {
            int at = 0;
            while (at < different && tokens[at] != part[i]) {
                at++;
            }
            tokens[at] = part[i];
            shares[at] += scale * partShares[i];
            different = Math.max(different, at + 1);
        }
        return different;
    }
}
