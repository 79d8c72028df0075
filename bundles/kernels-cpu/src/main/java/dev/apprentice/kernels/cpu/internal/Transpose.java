package dev.apprentice.kernels.cpu.internal;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Turns rows into the columns of a panel, a square of vectors at a time: Eklundh's method exchanges halves of pairs of rows, then
 * quarters, and so on (IEEE Transactions on Computers C-21, 1972).
 */
final class Transpose {
    private static final int L = Lanes.COUNT;
    private static final int COLUMNS = MicroKernel.COLUMNS;
    private static final IntVector LANE = IntVector.zero(Lanes.INTS).addIndex(1);

    private Transpose() {}

    /**
     * {@code COLUMNS} rows of {@code depth} elements become depth × COLUMNS.
     *
     * @param square scratch of a vector of vectors
     */
    static void run(float[] rows, int from, int depth, float[] target, int at, float[] square) {
        int bound = Lanes.bound(depth);
        for (int r = 0; r < COLUMNS; r += L) {
            for (int k = 0; k < bound; k += L) {
                exchange(1, rows, from + r * depth + k, depth, square, 0, L);
                for (int distance = 2; distance < L / 2; distance *= 2) {
                    exchange(distance, square, 0, L, square, 0, L);
                }
                exchange(L / 2, square, 0, L, target, at + k * COLUMNS + r, COLUMNS);
            }
        }
        for (int r = 0; r < COLUMNS; r++) {
            for (int k = bound; k < depth; k++) {
                target[at + k * COLUMNS + r] = rows[from + r * depth + k];
            }
        }
    }

    /** One step: rows i and i + distance exchange the lanes that belong to the other. */
    private static void exchange(
            int distance, float[] source, int from, int fromStride, float[] target, int to, int toStride) {
        // Of two vectors in a row, lane j of the first is j and lane j of the second is L + j.
        IntVector low = LANE.add(LANE.and(distance).mul(L / distance).sub(LANE.and(distance)));
        IntVector high = low.add(distance);
        for (int base = 0; base < L; base += 2 * distance) {
            for (int i = base; i < base + distance; i++) {
                int other = i + distance;
                IntVector a = load(source, from + i * fromStride);
                IntVector b = load(source, from + other * fromStride);
                store(low.selectFrom(a, b), target, to + i * toStride);
                store(high.selectFrom(a, b), target, to + other * toStride);
            }
        }
    }

    private static IntVector load(float[] array, int index) {
        return FloatVector.fromArray(Lanes.FLOATS, array, index).reinterpretAsInts();
    }

    private static void store(IntVector vector, float[] array, int index) {
        vector.reinterpretAsFloats().intoArray(array, index);
    }
}
