package dev.apprentice.kernels.cpu.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Copies operands of the matrix multiplication into the order in which {@link MicroKernel} reads them, padded with zeros. */
final class Packing {
    private static final int ROWS = MicroKernel.ROWS;
    private static final int COLUMNS = MicroKernel.COLUMNS;
    private static final VectorSpecies<Float> STRIP = ROWS == 8 ? FloatVector.SPECIES_256 : FloatVector.SPECIES_128;

    private Packing() {}

    /** Rows {@code firstRow … firstRow+ROWS} of A (m, depth), as depth × ROWS. */
    static void left(Operand a, Layout layout, int firstRow, int depth, float[] rows, float[] target, int at) {
        switch (layout) {
            case PLAIN -> {
                int count = Math.min(ROWS, a.rows() - firstRow);
                Arrays.fill(rows, count * depth, ROWS * depth, 0);
                for (int r = 0; r < count; r++) {
                    MemorySegment.copy(a.data(), JAVA_FLOAT_UNALIGNED, a.row(firstRow + r), rows, r * depth, depth);
                }
                interleave(rows, depth, target, at);
            }
            case TRANSPOSED -> {
                int count = Math.min(ROWS, a.columns() - firstRow);
                for (int k = 0; k < depth; k++) {
                    int to = at + k * ROWS;
                    long offset = a.row(k) + 4L * firstRow;
                    if (count == ROWS) {
                        FloatVector.fromMemorySegment(STRIP, a.data(), offset, Lanes.ORDER)
                                .intoArray(target, to);
                    } else {
                        MemorySegment.copy(a.data(), JAVA_FLOAT_UNALIGNED, offset, target, to, count);
                        Arrays.fill(target, to + count, to + ROWS, 0);
                    }
                }
            }
        }
    }

    private static void interleave(float[] rows, int depth, float[] target, int at) {
        for (int r = 0; r < ROWS; r++) {
            for (int k = 0; k < depth; k++) {
                target[at + k * ROWS + r] = rows[r * depth + k];
            }
        }
    }

    /**
     * {@link Gemm#BLOCK} columns of B (k, n) from firstColumn, rows from {@code from} on, as panels of depth × COLUMNS.
     *
     * @param rows scratch of BLOCK · depth
     */
    static void right(Operand b, Layout layout, int from, int depth, int firstColumn, float[] rows, float[] target) {
        switch (layout) {
            case PLAIN -> plain(b, from, depth, firstColumn, rows, target);
            case TRANSPOSED -> {
                int count = Math.min(Gemm.BLOCK, b.rows() - firstColumn);
                for (int r = 0; r < count; r++) {
                    Unpack.run(b.type(), b.data(), b.row(firstColumn + r), from, depth, rows, r * depth);
                }
                Arrays.fill(rows, count * depth, Gemm.BLOCK * depth, 0);
                for (int panel = 0; panel < Gemm.BLOCK / COLUMNS; panel++) {
                    Transpose.run(rows, panel * COLUMNS * depth, depth, target, panel * COLUMNS * depth);
                }
            }
        }
    }

    private static void plain(Operand b, int from, int depth, int firstColumn, float[] row, float[] target) {
        int count = Math.min(Gemm.BLOCK, b.columns() - firstColumn);
        if (COLUMNS == Gemm.BLOCK) {
            for (int k = 0; k < depth; k++) {
                Unpack.run(b.type(), b.data(), b.row(from + k), firstColumn, count, target, k * COLUMNS);
                Arrays.fill(target, k * COLUMNS + count, (k + 1) * COLUMNS, 0);
            }
            return;
        }
        Arrays.fill(row, 0, Gemm.BLOCK, 0);
        for (int k = 0; k < depth; k++) {
            Unpack.run(b.type(), b.data(), b.row(from + k), firstColumn, count, row, 0);
            for (int panel = 0; panel < Gemm.BLOCK / COLUMNS; panel++) {
                System.arraycopy(row, panel * COLUMNS, target, (panel * depth + k) * COLUMNS, COLUMNS);
            }
        }
    }
}
