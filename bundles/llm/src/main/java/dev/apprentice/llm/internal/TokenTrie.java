package dev.apprentice.llm.internal;

import dev.apprentice.llm.internal.json.Document;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/** The tokens of a vocabulary by their bytes, so that a beginning that cannot be is tried once for all that share it. */
final class TokenTrie {
    private final byte[][] bytes; // of each token, in the order of their bytes
    private final int[] tokens;

    /** @param of the bytes of each token; tokens without bytes are not in it */
    TokenTrie(byte[][] of) {
        tokens = IntStream.range(0, of.length)
                .filter(token -> of[token].length > 0)
                .boxed()
                .sorted((a, b) -> Arrays.compareUnsigned(of[a], of[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        bytes = IntStream.of(tokens).mapToObj(token -> of[token]).toArray(byte[][]::new);
    }

    /** The tokens whose bytes may follow, after which {@code left} bytes are enough to make the document whole. */
    BitSet allowed(Document document, int left) {
        BitSet allowed = new BitSet();
        descend(document, 0, tokens.length, 0, left, allowed);
        return allowed;
    }

    /** Tries the tokens from–to, which share the first {@code depth} bytes. */
    private void descend(Document document, int from, int to, int depth, int left, BitSet allowed) {
        int at = from;
        while (at < to && bytes[at].length == depth) {
            if (document.leastBytes() <= left) {
                allowed.set(tokens[at]);
            }
            at++;
        }
        while (at < to) {
            byte value = bytes[at][depth];
            int end = at + 1;
            while (end < to && bytes[end][depth] == value) {
                end++;
            }
            Document next = document.step(value);
            if (next != null) {
                descend(next, at, end, depth + 1, left, allowed);
            }
            at = end;
        }
    }
}
