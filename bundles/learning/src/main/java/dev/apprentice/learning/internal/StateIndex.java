package dev.apprentice.learning.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Places of texts by the token before them, each with the key of the model's state there and the token that followed. It only grows,
 * and those who search it say up to which place, so that one index serves the memories of several commits. Safe for several threads.
 *
 * <p>Only places after the same token are compared: that finds nearly as good ones among a two-hundredth of all.
 */
final class StateIndex {
    /** How keys are stored. */
    static final DataType TYPE = DataType.Q8_0;

    static final int KEY_BYTES = Math.toIntExact(TYPE.rowBytes(StateKeys.LENGTH));

    private static final int LOOKS = 1 << 14; // places compared, newest first: what bounds the time for a token

    private final Kernels kernels;
    private final Map<Integer, Places> byToken = new HashMap<>();
    private int size;

    StateIndex(Kernels kernels) {
        this.kernels = kernels;
    }

    /** Those after one token, in the order in which they came. What is there is never changed, only moved to more room. */
    private static final class Places {
        private int[] numbers = new int[4]; // among the places of all tokens
        private int[] followers = new int[4];
        private MemorySegment keys = Arena.ofAuto().allocate(4L * KEY_BYTES, 64);
        private int count;

        void add(int number, int follower, MemorySegment key) {
            if (count == numbers.length) {
                grow(count + count / 2);
            }
            numbers[count] = number;
            followers[count] = follower;
            MemorySegment.copy(key, 0, keys, (long) count * KEY_BYTES, KEY_BYTES);
            count++;
        }

        private void grow(int capacity) {
            numbers = Arrays.copyOf(numbers, capacity);
            followers = Arrays.copyOf(followers, capacity);
            MemorySegment more = Arena.ofAuto().allocate((long) capacity * KEY_BYTES, 64);
            keys = more.copyFrom(keys);
        }

        /** The newest with numbers below one. */
        Candidates before(int end) {
            int known = Arrays.binarySearch(numbers, 0, count, end);
            int to = known < 0 ? -known - 1 : known;
            int from = Math.max(0, to - LOOKS);
            return new Candidates(
                    to - from, keys.asSlice((long) from * KEY_BYTES, (long) (to - from) * KEY_BYTES), followers, from);
        }
    }

    /** Places to compare: their keys, and where their followers begin in an array. */
    @SuppressWarnings("ArrayRecordComponent") // read only
    private record Candidates(int count, MemorySegment keys, int[] followers, int from) {}

    synchronized int size() {
        return size;
    }

    /**
     * Adds the places of a text.
     *
     * @param tokens of the text
     * @param from the first that is foretold, at least 1
     * @param keys of the places before tokens {@code from}, …, tokens.length−1, each of {@value #KEY_BYTES} bytes
     */
    synchronized void add(int[] tokens, int from, byte[] keys) {
        MemorySegment rows = MemorySegment.ofArray(keys);
        for (int i = from; i < tokens.length; i++) {
            MemorySegment key = rows.asSlice((long) (i - from) * KEY_BYTES, KEY_BYTES);
            byToken.computeIfAbsent(tokens[i - 1], token -> new Places()).add(size++, tokens[i], key);
        }
    }

    private synchronized Candidates after(int token, int end) {
        Places places = byToken.get(token);
        return places == null ? new Candidates(0, MemorySegment.NULL, new int[0], 0) : places.before(end);
    }

    /** A search by one thread. */
    final class Search {
        private final int end;
        private final Arena arena = Arena.ofAuto();
        private final Tensor key = Tensor.allocate(arena, 1, StateKeys.LENGTH);
        private final MemorySegment similarities = arena.allocate(4L * LOOKS, 64);

        /** @param end the first place that is not found */
        Search(int end) {
            this.end = end;
        }

        /** Offers what followed a token where the model's state was like this one. */
        void find(int last, float[] wanted, Neighbours found) {
            Candidates candidates = after(last, end);
            int count = candidates.count();
            if (count == 0) {
                return;
            }
            MemorySegment.copy(wanted, 0, key.data(), ValueLayout.JAVA_FLOAT, 0, wanted.length);
            Tensor cosines = new Tensor(1, count, similarities.asSlice(0, 4L * count));
            kernels.multiply(new Matrix(TYPE, count, StateKeys.LENGTH, candidates.keys()), key, cosines);
            for (int i = count - 1; i >= 0; i--) { // of those that are alike the newest stays
                found.offer(cosines.get(0, i), candidates.followers()[candidates.from() + i]);
            }
        }
    }
}
