package dev.apprentice.learning.internal;

import dev.apprentice.model.Recall;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Recalls in two ways. Word for word, from what was read before and from the text at hand: what followed the longest stretch that the end
 * of the text shares with one of them, an ∞-gram (arXiv 2401.17377) with a cache of the text at hand (Kuhn and De Mori 1990; for code
 * doi:10.1145/3106237.3106290). And by states, from what was read before: what followed where the model's state was like its state now, a
 * nearest-neighbour language model (arXiv 1911.00172).
 */
final class TextRecall implements Recall {
    private static final int EXPECTED = 1 << 12; // tokens of a text
    private static final int TRIED = 48; // places of a prompt

    private final TextIndex words;
    private final StateIndex.Search states;
    private final StateKeys keys;
    private final RecallWeights weights;

    private final TextIndex text = new TextIndex(EXPECTED);
    private final Deque<Place> prompt = new ArrayDeque<>(); // the last of it
    private final RecentMean wordsRight = new RecentMean(0.5);
    private final RecentMean statesRight = new RecentMean(0.5);
    private final RecentMean alike = new RecentMean(0.8);
    private boolean triedPrompt;
    private int last = -1;
    private Continuations continued = new Continuations();
    private boolean fromText;
    private Neighbours neighbours = new Neighbours();

    /** A place of the prompt, between two tokens. */
    @SuppressWarnings("ArrayRecordComponent") // only read
    private record Place(int last, float[] state, int next) {}

    /** @param states in which to search; by this recall alone */
    TextRecall(TextIndex words, StateIndex.Search states, StateKeys keys, RecallWeights weights) {
        this.words = words;
        this.states = states;
        this.keys = keys;
        this.weights = weights;
    }

    @Override
    public void read(int token) {
        if (!continued.isEmpty()) {
            wordsRight.add(continued.counts().likeliest() == token);
        }
        if (!neighbours.isEmpty()) {
            statesRight.add(neighbours.shares().likeliest() == token);
        }
        text.add(token);
        goOn(token);
    }

    @Override
    public void wrote(int token) {
        text.addContext(token);
        goOn(token);
    }

    private void goOn(int token) {
        neighbours = new Neighbours();
        last = token;
        Continuations here = text.after(text);
        Continuations before = words.after(text);
        fromText = here.length() >= before.length();
        continued = fromText ? here : before;
    }

    @Override
    public void seen(int token, float[] at, int next) {
        prompt.add(new Place(token, at, next));
        if (prompt.size() > TRIED) {
            prompt.remove();
        }
    }

    @Override
    public Optional<Foretold> next(float[] at, double surest) {
        if (!triedPrompt) {
            triedPrompt = true;
            tryPrompt();
        }
        if (at.length > 0) {
            neighbours = neighbours(last, at);
        }
        RecallWeights.Pair pair = weights.of(
                new RecallWeights.Words(continued, fromText, wordsRight.value()),
                new RecallWeights.States(neighbours, statesRight.value(), alike.value()),
                surest);
        if (!neighbours.isEmpty()) {
            alike.add(neighbours.nearest());
        }
        return pair.sum() > 0 ? Optional.of(mixed(pair)) : Optional.empty();
    }

    /** How right and how alike recall by states would have been at the end of the prompt tells how much it counts from the first token on. */
    private void tryPrompt() {
        for (Place place : prompt) {
            Neighbours found = neighbours(place.last(), place.state());
            if (!found.isEmpty()) {
                statesRight.add(found.shares().likeliest() == place.next());
                alike.add(found.nearest());
            }
        }
    }

    private Neighbours neighbours(int token, float[] state) {
        Neighbours found = new Neighbours();
        states.find(token, keys.of(state, 0), found);
        return found.settle();
    }

    private Foretold mixed(RecallWeights.Pair pair) {
        TokenShares both = new TokenShares();
        add(continued.counts(), pair.words(), both);
        add(neighbours.shares(), pair.states(), both);
        return new Foretold(both.tokens(), both.shares(), pair.sum());
    }

    private static void add(TokenShares part, double weight, TokenShares both) {
        int[] tokens = part.tokens();
        double[] shares = part.shares();
        for (int i = 0; i < tokens.length; i++) {
            both.add(tokens[i], weight * shares[i]);
        }
    }
}
