package dev.apprentice.llm.internal.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Pieces of equal length of a token file, in an order that the seed alone decides: every epoch has each piece once, shuffled anew and cut at
 * other places. What comes at a position depends on nothing that was asked for before.
 */
public final class Windows {
    private final TokenFile tokens;
    private final int length;
    private final long seed;
    private final FillInTheMiddle middles;
    private final int count;
    private Epoch epoch;

    /** @param shift token at which the first window begins */
    private record Epoch(long number, long shift, int[] order) {}

    /** @throws dev.apprentice.model.ModelException if there are not enough tokens for one piece */
    public Windows(TokenFile tokens, int length, long seed, FillInTheMiddle middles) {
        if (tokens.size() < length) {
            throw CorpusFolder.fault("The corpus has " + tokens.size() + " tokens to train on, but a piece has "
                    + length + ": give it more text, or shorten the pieces");
        }
        this.tokens = tokens;
        this.length = length;
        this.seed = seed;
        this.middles = middles;
        // one fewer than fit, so that each epoch can begin somewhere else
        this.count = Math.clamp(tokens.size() / length - 1, 1, Integer.MAX_VALUE);
        this.epoch = epoch(0);
    }

    /** The batch of a step, of which each is as large. */
    public List<int[]> batch(int step, int size) {
        List<int[]> batch = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            batch.add(at((long) step * size + i));
        }
        return batch;
    }

    private int[] at(long position) {
        if (position / count != epoch.number()) {
            epoch = epoch(position / count);
        }
        long from = epoch.shift() + (long) epoch.order()[(int) (position % count)] * length;
        return middles.apply(tokens.read(from, length), random(position, 1));
    }

    private Epoch epoch(long number) {
        SplittableRandom random = random(number, 2);
        long shift = random.nextLong(tokens.size() - (long) count * length + 1);
        int[] order = IntStream.range(0, count).toArray();
        for (int i = count - 1; i > 0; i--) { // Fisher and Yates
            int j = random.nextInt(i + 1);
            int moved = order[i];
            order[i] = order[j];
            order[j] = moved;
        }
        return new Epoch(number, shift, order);
    }

    /** One of many sequences that have nothing to do with each other. */
    private SplittableRandom random(long number, int purpose) {
        return new SplittableRandom(new SplittableRandom(seed + purpose).nextLong() ^ number);
    }

    /**
     * Up to so many tokens of a file in pieces of a length, evenly spread over it; one shorter piece where it has no more.
     *
     * @throws dev.apprentice.model.ModelException if it has fewer than two tokens
     */
    public static List<int[]> spread(TokenFile tokens, int length, int most) {
        if (tokens.size() < 2) {
            throw CorpusFolder.fault("The held-out text has " + tokens.size()
                    + " tokens, too few to measure on: give the corpus more text, or hold out more of it");
        }
        int piece = (int) Math.min(length, tokens.size());
        long there = tokens.size() / piece;
        long wanted = Math.clamp(most / piece, 1, there);
        return LongStream.range(0, wanted)
                .mapToObj(i -> tokens.read(i * there / wanted * piece, piece))
                .toList();
    }
}
