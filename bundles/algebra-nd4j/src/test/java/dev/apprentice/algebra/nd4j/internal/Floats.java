package dev.apprentice.algebra.nd4j.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Vectors for tests. */
final class Floats {
    private Floats() {}

    /** Normal random numbers; the memory starts 4 bytes off any greater alignment. */
    static MemorySegment random(Arena arena, int length, long seed) {
        MemorySegment vector = empty(arena, length);
        Random random = new Random(seed);
        for (int i = 0; i < length; i++) {
            vector.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
        }
        return vector;
    }

    static MemorySegment empty(Arena arena, int length) {
        return arena.allocate(4L * length + 4, 64).asSlice(4);
    }

    static float[] array(MemorySegment vector) {
        return vector.toArray(ValueLayout.JAVA_FLOAT);
    }

    static double largestDifference(MemorySegment vector, float[] expected) {
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs((double) vector.getAtIndex(ValueLayout.JAVA_FLOAT, i) - expected[i]));
        }
        return largest;
    }

    /** Normal rows whose second half follows from the first, which an auto-encoder can learn. */
    static float[][] rows(int count, int width, long seed) {
        Random random = new Random(seed);
        float[][] rows = new float[count][width];
        for (float[] row : rows) {
            for (int i = 0; i < width; i++) {
                boolean free = i < (width + 1) / 2;
                row[i] = free ? (float) random.nextGaussian() : 3 * row[i - width / 2] + 5;
            }
        }
        return rows;
    }
}
