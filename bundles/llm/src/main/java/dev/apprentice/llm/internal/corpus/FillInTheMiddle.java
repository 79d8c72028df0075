package dev.apprentice.llm.internal.corpus;

import dev.apprentice.model.Tokenizer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Rearranges a share of the documents in a piece: prefix, suffix, middle, in that order (arXiv 2207.14255), each begun by its marker, and the
 * whole ended as a text is. Cuts fall between tokens.
 */
public final class FillInTheMiddle {
    /** Shorter documents have no middle worth the markers. */
    private static final int SHORTEST = 8;

    private final double share;
    private final int prefix;
    private final int suffix;
    private final int middle;
    private final int end;

    /**
     * @param share of the documents
     * @throws dev.apprentice.model.ModelException if the share is not 0 and the tokenizer has no markers for it
     */
    public FillInTheMiddle(double share, Tokenizer tokenizer) {
        this.share = share;
        this.prefix = marker(tokenizer, "<|fim_prefix|>");
        this.suffix = marker(tokenizer, "<|fim_suffix|>");
        this.middle = marker(tokenizer, "<|fim_middle|>");
        this.end = tokenizer.endOfText();
    }

    private int marker(Tokenizer tokenizer, String name) {
        if (share == 0) {
            return -1;
        }
        return tokenizer
                .special(name)
                .orElseThrow(() -> CorpusFolder.fault("The tokenizer has no " + name
                        + ", without which no middle can be filled in: train with a share of 0"));
    }

    /** As many tokens as before; what its markers push out at the end is lost. */
    int[] apply(int[] piece, SplittableRandom random) {
        if (share == 0) {
            return piece;
        }
        IntStream.Builder all = IntStream.builder();
        for (int from = 0; from < piece.length; ) {
            int to = from;
            while (to < piece.length && piece[to] != end) {
                to++;
            }
            if (to - from >= SHORTEST && random.nextDouble() < share) {
                addRearranged(piece, from, to, random, all);
            } else {
                Arrays.stream(piece, from, Math.min(to + 1, piece.length)).forEach(all);
            }
            from = to + 1;
        }
        return all.build().limit(piece.length).toArray();
    }

    private void addRearranged(int[] piece, int from, int to, SplittableRandom random, IntStream.Builder all) {
        int one = random.nextInt(from, to + 1);
        int other = random.nextInt(from, to + 1);
        int first = Math.min(one, other);
        int second = Math.max(one, other);
        all.add(prefix);
        Arrays.stream(piece, from, first).forEach(all);
        all.add(suffix);
        Arrays.stream(piece, second, to).forEach(all);
        all.add(middle);
        Arrays.stream(piece, first, second).forEach(all);
        all.add(end);
    }
}
