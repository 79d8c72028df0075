package dev.apprentice.kernels.cpu.internal;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Turns rows into the columns of a panel by Eklundh's method (IEEE Transactions on Computers C-21, 1972): pairs of rows exchange
 * single elements, then groups of two, of four, and so on. Squares of vectors lie side by side along the rows, so that each
 * exchange runs over whole rows.
 */
final class Transpose {
    private static final int L = Lanes.COUNT;
    private static final int COLUMNS = MicroKernel.COLUMNS;
    private static final IntVector LANE = IntVector.zero(Lanes.INTS).addIndex(1);

    private Transpose() {}

    /** {@code COLUMNS} rows of {@code depth} elements become depth × COLUMNS; the rows are destroyed. */
    static void run(float[] rows, int from, int depth, float[] target, int at) {
        int bound = Lanes.bound(depth);
        for (int r = 0; r < COLUMNS; r++) {
            for (int k = bound; k < depth; k++) {
                target[at + k * COLUMNS + r] = rows[from + r * depth + k];
            }
        }
        for (int r = 0; r < COLUMNS; r += L) {
            int square = from + r * depth;
            for (int distance = 1; distance < L / 2; distance *= 2) {
                for (int pair = 0; pair < L / 2; pair++) {
                    int first = first(pair, distance);
                    int a = square + first * depth;
                    exchange(distance, rows, a, a + distance * depth, bound, rows, a, a + distance * depth, 1);
                }
            }
            for (int pair = 0; pair < L / 2; pair++) {
                int a = square + pair * depth;
                int to = at + pair * COLUMNS + r;
                exchange(L / 2, rows, a, a + L / 2 * depth, bound, target, to, to + L / 2 * COLUMNS, COLUMNS);
            }
        }
    }

    /** The upper row of a pair of rows that are {@code distance} apart. */
    private static int first(int pair, int distance) {
        return pair / distance * 2 * distance + pair % distance;
    }

    /**
     * Exchanges the lanes of two rows that belong to the other.
     *
     * @param stride distance in the target of what is next to each other in the rows
     */
    private static void exchange(
            int distance, float[] rows, int a, int b, int count, float[] target, int toA, int toB, int stride) {
        // Of two vectors in a row, lane j of the first is j and lane j of the second is L + j.
        IntVector bit = LANE.and(distance);
        IntVector low = LANE.sub(bit).add(bit.mul(L / distance));
        IntVector high = low.add(distance);
        for (int k = 0; k < count; k += L) {
            IntVector x = FloatVector.fromArray(Lanes.FLOATS, rows, a + k).reinterpretAsInts();
            IntVector y = FloatVector.fromArray(Lanes.FLOATS, rows, b + k).reinterpretAsInts();
            low.selectFrom(x, y).reinterpretAsFloats().intoArray(target, toA + k * stride);
            high.selectFrom(x, y).reinterpretAsFloats().intoArray(target, toB + k * stride);
        }
    }
}
