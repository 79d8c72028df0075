package dev.apprentice.kernels.cpu.internal;

import static dev.apprentice.kernels.cpu.internal.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost product of the matrix multiplication: tile = A B for a few rows of A and two vectors of columns of B.
 *
 * <p>The accumulators are named locals because the compiler keeps those in registers, and arrays of vectors in memory. Eight rows
 * fill the 32 registers of AVX-512 well; processors with 16 registers get four.
 */
final class MicroKernel {
    static final int ROWS = Lanes.COUNT == 16 ? 8 : 4;
    static final int COLUMNS = 2 * Lanes.COUNT;

    private MicroKernel() {}

    /**
     * @param a from aStart: depth × ROWS
     * @param b from bStart: depth × COLUMNS
     * @param tile ROWS × COLUMNS, overwritten
     */
    static void run(float[] a, int aStart, float[] b, int bStart, int depth, float[] tile) {
        if (ROWS == 8) {
            eightRows(a, aStart, b, bStart, depth, tile);
        } else {
            fourRows(a, aStart, b, bStart, depth, tile);
        }
    }

    private static void eightRows(float[] a, int aStart, float[] b, int bStart, int depth, float[] tile) {
        FloatVector c00 = FloatVector.zero(FLOATS), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
        FloatVector c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
        FloatVector c60 = c00, c61 = c00, c70 = c00, c71 = c00;
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(FLOATS, b, bStart + k * COLUMNS);
            FloatVector b1 = FloatVector.fromArray(FLOATS, b, bStart + k * COLUMNS + Lanes.COUNT);
            FloatVector a0 = FloatVector.broadcast(FLOATS, a[aStart + 8 * k]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            FloatVector a1 = FloatVector.broadcast(FLOATS, a[aStart + 8 * k + 1]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            FloatVector a2 = FloatVector.broadcast(FLOATS, a[aStart + 8 * k + 2]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            FloatVector a3 = FloatVector.broadcast(FLOATS, a[aStart + 8 * k + 3]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            FloatVector a4 = FloatVector.broadcast(FLOATS, a[aStart + 8 * k + 4]);
            c40 = a4.fma(b0, c40);
            c41 = a4.fma(b1, c41);
            FloatVector a5 = FloatVector.broadcast(FLOATS, a[aStart + 8 * k + 5]);
            c50 = a5.fma(b0, c50);
            c51 = a5.fma(b1, c51);
            FloatVector a6 = FloatVector.broadcast(FLOATS, a[aStart + 8 * k + 6]);
            c60 = a6.fma(b0, c60);
            c61 = a6.fma(b1, c61);
            FloatVector a7 = FloatVector.broadcast(FLOATS, a[aStart + 8 * k + 7]);
            c70 = a7.fma(b0, c70);
            c71 = a7.fma(b1, c71);
        }
        store(tile, 0, c00, c01);
        store(tile, 1, c10, c11);
        store(tile, 2, c20, c21);
        store(tile, 3, c30, c31);
        store(tile, 4, c40, c41);
        store(tile, 5, c50, c51);
        store(tile, 6, c60, c61);
        store(tile, 7, c70, c71);
    }

    private static void fourRows(float[] a, int aStart, float[] b, int bStart, int depth, float[] tile) {
        FloatVector c00 = FloatVector.zero(FLOATS), c01 = c00, c10 = c00, c11 = c00;
        FloatVector c20 = c00, c21 = c00, c30 = c00, c31 = c00;
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(FLOATS, b, bStart + k * COLUMNS);
            FloatVector b1 = FloatVector.fromArray(FLOATS, b, bStart + k * COLUMNS + Lanes.COUNT);
            FloatVector a0 = FloatVector.broadcast(FLOATS, a[aStart + 4 * k]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            FloatVector a1 = FloatVector.broadcast(FLOATS, a[aStart + 4 * k + 1]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            FloatVector a2 = FloatVector.broadcast(FLOATS, a[aStart + 4 * k + 2]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            FloatVector a3 = FloatVector.broadcast(FLOATS, a[aStart + 4 * k + 3]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
        }
        store(tile, 0, c00, c01);
        store(tile, 1, c10, c11);
        store(tile, 2, c20, c21);
        store(tile, 3, c30, c31);
    }

    private static void store(float[] tile, int row, FloatVector first, FloatVector second) {
        first.intoArray(tile, row * COLUMNS);
        second.intoArray(tile, row * COLUMNS + Lanes.COUNT);
    }
}
