package dev.apprentice.learning.internal;

import java.util.Arrays;

/**
 * Texts as one run of tokens, in which the places are found that a context has led up to before. Places are chained by a hash of the
 * tokens before them, newest first, once for a few tokens and once for more, so that common beginnings do not hide long matches.
 */
final class TextIndex {
    /** Tokens of the longest match that is told from longer ones. */
    static final int LONGEST = 16;

    private static final int SHORT = 3;
    private static final int LONG = 6;
    private static final int LOOKS = 64; // places looked at, newest first
    private static final int BETWEEN_TEXTS = -1; // no match reaches over it

    private int[] tokens;
    private int size;
    private final Chain few;
    private final Chain many;

    /** @param expected tokens; more of them are found more slowly */
    TextIndex(int expected) {
        this.tokens = new int[Math.max(16, expected)];
        this.few = new Chain(SHORT, expected);
        this.many = new Chain(LONG, expected);
    }

    /** Ends a text: what follows is another. */
    void endText() {
        place(BETWEEN_TEXTS);
    }

    /** Adds a token that may be recalled. */
    void add(int token) {
        few.link();
        many.link();
        place(token);
    }

    /** Adds a token that leads up to others, but was itself added before in another place. */
    void addContext(int token) {
        place(token);
    }

    private void place(int token) {
        if (size == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * size);
        }
        tokens[size++] = token;
    }

    int size() {
        return size;
    }

    /** What followed the longest matches of the end of a text, which may be the last of these. */
    Continuations after(TextIndex text) {
        Continuations found = many.search(text.tokens, text.size);
        return found.isEmpty() ? few.search(text.tokens, text.size) : found;
    }

    /** Places by the hash of the tokens before them. */
    private final class Chain {
        private final int order;
        private final int[] heads; // newest place of a hash; 0 for none, as no place is the first
        private int[] previous; // by place

        Chain(int order, int expected) {
            this.order = order;
            this.heads = new int[Integer.highestOneBit(Math.max(1 << 10, expected)) << 1];
            this.previous = new int[tokens.length];
        }

        /** Links the place after the last token. */
        void link() {
            if (size < order) {
                return;
            }
            if (size >= previous.length) {
                previous = Arrays.copyOf(previous, 2 * size);
            }
            int hash = hash(tokens, size);
            previous[size] = heads[hash];
            heads[hash] = size;
        }

        Continuations search(int[] context, int length) {
            Continuations best = new Continuations();
            if (length < order) {
                return best;
            }
            int place = heads[hash(context, length)];
            for (int looks = 0; place > 0 && looks < LOOKS; looks++) {
                int match = match(place, context, length);
                if (match >= order && place < size) {
                    best.add(match, tokens[place]);
                }
                place = previous[place];
            }
            return best;
        }

        private int hash(int[] from, int end) {
            int hash = 0;
            for (int i = end - order; i < end; i++) {
                hash = (hash + from[i] + 1) * 0x9E3779B1; // Knuth's multiplicative hashing
            }
            return hash >>> Integer.numberOfLeadingZeros(heads.length) + 1;
        }
    }

    private int match(int place, int[] context, int length) {
        int most = Math.min(LONGEST, Math.min(place, length));
        int match = 0;
        while (match < most && same(tokens[place - 1 - match], context[length - 1 - match])) {
            match++;
        }
        return match;
    }

    private static boolean same(int token, int other) {
        return token == other && token != BETWEEN_TEXTS;
    }
}
