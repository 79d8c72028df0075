package dev.apprentice.learning.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
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

    private static final int LOOKS = 4096; // places compared, newest first
    private static final int CHUNK = 1 << 13; // places

    private final Kernels kernels;
    private final Arena arena = Arena.ofAuto();
    private final List<MemorySegment> chunks = new ArrayList<>();
    private final Map<Integer, Places> byToken = new HashMap<>();
    private int[] followers = new int[CHUNK];
    private int size;

    StateIndex(Kernels kernels) {
        this.kernels = kernels;
    }

    /** Places in the order in which they came. */
    private static final class Places {
        private int[] all = new int[4];
        private int count;

        void add(int place) {
            if (count == all.length) {
                all = Arrays.copyOf(all, 2 * count);
            }
            all[count++] = place;
        }

        /** The newest before a place. */
        int[] before(int end) {
            int known = Arrays.binarySearch(all, 0, count, end);
            int to = known < 0 ? -known - 1 : known;
            return Arrays.copyOfRange(all, Math.max(0, to - LOOKS), to);
        }
    }

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
        MemorySegment source = MemorySegment.ofArray(keys);
        for (int i = from; i < tokens.length; i++) {
            if (size == followers.length) {
                followers = Arrays.copyOf(followers, 2 * size);
            }
            if (size == chunks.size() * CHUNK) {
                chunks.add(arena.allocate((long) CHUNK * KEY_BYTES, 64));
            }
            followers[size] = tokens[i];
            key(size).copyFrom(source.asSlice((long) (i - from) * KEY_BYTES, KEY_BYTES));
            byToken.computeIfAbsent(tokens[i - 1], token -> new Places()).add(size);
            size++;
        }
    }

    private MemorySegment key(int place) {
        return chunks.get(place / CHUNK).asSlice((long) (place % CHUNK) * KEY_BYTES, KEY_BYTES);
    }

    /** A search by one thread. */
    final class Search {
        private final int end;
        private final Tensor key = Tensor.allocate(Arena.ofAuto(), 1, StateKeys.LENGTH);
        private MemorySegment rows = MemorySegment.NULL;
        private MemorySegment similarities = MemorySegment.NULL;

        /** @param end the first place that is not found */
        Search(int end) {
            this.end = end;
        }

        /** Offers what followed a token where the model's state was like this one. */
        void find(int last, float[] wanted, Neighbours found) {
            int[] next = gather(last);
            if (next.length == 0) {
                return;
            }
            MemorySegment.copy(wanted, 0, key.data(), ValueLayout.JAVA_FLOAT, 0, wanted.length);
            Matrix candidates =
                    new Matrix(TYPE, next.length, StateKeys.LENGTH, rows.asSlice(0, (long) next.length * KEY_BYTES));
            Tensor result = new Tensor(1, next.length, similarities.asSlice(0, 4L * next.length));
            kernels.multiply(candidates, key, result);
            for (int i = next.length - 1; i >= 0; i--) { // of those that are alike the newest stays
                found.offer(result.get(0, i), next[i]);
            }
        }

        /** Brings the keys after a token together; what followed them. */
        private int[] gather(int last) {
            synchronized (StateIndex.this) {
                Places places = byToken.get(last);
                int[] next = places == null ? new int[0] : places.before(end);
                reserve(next.length);
                for (int i = 0; i < next.length; i++) {
                    MemorySegment.copy(key(next[i]), 0, rows, (long) i * KEY_BYTES, KEY_BYTES);
                    next[i] = followers[next[i]];
                }
                return next;
            }
        }

        private void reserve(int count) {
            if (rows.byteSize() < (long) count * KEY_BYTES) {
                Arena room = Arena.ofAuto();
                int wanted = Math.min(LOOKS, Math.max(count, 256) * 2);
                rows = room.allocate((long) wanted * KEY_BYTES, 64);
                similarities = room.allocate(4L * wanted, 64);
            }
        }
    }
}
