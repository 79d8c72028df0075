package dev.apprentice.kernels.cpu.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * The general matrix product C (m, n) = or += scale · A (m, k) B (k, n), after Goto and van de Geijn, "Anatomy of high-performance
 * matrix multiplication" (2008): A is packed once per chunk of rows, and each task packs the columns of B that it owns, turning
 * quantised weights into floats on the way.
 */
final class Gemm {
    /** Columns of B that are packed together: one block of the quantised types. */
    static final int BLOCK = 32;

    /** Rows of A that are packed at once; B is read again for every chunk. */
    private static final int CHUNK = 512;

    /** Greatest length of the inner product per pass; keeps a packed block of B within the L1 and L2 caches. */
    private static final int DEPTH = 512;

    /** What happens to the former content of C. */
    enum Result {
        REPLACE,
        ADD
    }

    private final WorkerPool pool;
    private final Operand a;
    private final Layout layoutA;
    private final Operand b;
    private final Layout layoutB;
    private final float scale;
    private final Result result;
    private final Operand c;
    private final int depth;

    private Gemm(
            WorkerPool pool,
            Operand a,
            Layout layoutA,
            Operand b,
            Layout layoutB,
            float scale,
            Result result,
            Operand c) {
        this.pool = pool;
        this.a = a;
        this.layoutA = layoutA;
        this.b = b;
        this.layoutB = layoutB;
        this.scale = scale;
        this.result = result;
        this.c = c;
        this.depth = layoutA == Layout.PLAIN ? a.columns() : a.rows();
    }

    static void run(
            WorkerPool pool,
            Operand a,
            Layout layoutA,
            Operand b,
            Layout layoutB,
            float scale,
            Result result,
            Operand c) {
        new Gemm(pool, a, layoutA, b, layoutB, scale, result, c).run();
    }

    private void run() {
        try (Scratch shared = Scratch.borrow()) {
            for (int row = 0; row < c.rows(); row += CHUNK) {
                chunk(row, Math.min(CHUNK, c.rows() - row), shared);
            }
        }
    }

    private void chunk(int firstRow, int rows, Scratch shared) {
        int panels = Math.ceilDiv(rows, MicroKernel.ROWS);
        int panelSize = MicroKernel.ROWS * depth;
        float[] left = shared.left(panels * panelSize);
        pool.run(panels, 4L * rows * depth, panel -> {
            try (Scratch scratch = Scratch.borrow()) {
                int row = firstRow + panel * MicroKernel.ROWS;
                Packing.left(a, layoutA, row, depth, scratch.rows(panelSize), left, panel * panelSize);
            }
        });

        // Tasks own columns. A product too narrow for all threads is also split by rows; then its few columns are
        // packed twice.
        int blocks = Math.ceilDiv(c.columns(), BLOCK);
        int splits = blocks >= 2 * pool.threads() ? 1 : Math.min(panels, Math.ceilDiv(2 * pool.threads(), blocks));
        int panelsPerSplit = Math.ceilDiv(panels, splits);
        pool.run(blocks * splits, (long) rows * depth * c.columns(), task -> {
            int firstPanel = task / blocks * panelsPerSplit;
            int lastPanel = Math.min(panels, firstPanel + panelsPerSplit);
            columns(left, firstRow, firstPanel, lastPanel, task % blocks * BLOCK);
        });
    }

    private void columns(float[] left, int firstRow, int firstPanel, int lastPanel, int column) {
        try (Scratch scratch = Scratch.borrow()) {
            int passes = Math.ceilDiv(depth, DEPTH);
            int step = Math.ceilDiv(Math.ceilDiv(depth, passes), BLOCK) * BLOCK;
            for (int from = 0; from < depth; from += step) {
                int length = Math.min(step, depth - from);
                float[] right = scratch.right(BLOCK * length);
                Packing.right(b, layoutB, from, length, column, scratch.rows(BLOCK * length), right);
                Result now = from == 0 ? result : Result.ADD;
                for (int panel = firstPanel; panel < lastPanel; panel++) {
                    int leftStart = (panel * depth + from) * MicroKernel.ROWS;
                    for (int part = 0; part < BLOCK; part += MicroKernel.COLUMNS) {
                        MicroKernel.run(left, leftStart, right, part * length, length, scratch.tile);
                        merge(scratch.tile, firstRow + panel * MicroKernel.ROWS, column + part, now);
                    }
                }
            }
        }
    }

    private void merge(float[] tile, int firstRow, int firstColumn, Result now) {
        int rows = Math.min(MicroKernel.ROWS, c.rows() - firstRow);
        int columns = Math.min(MicroKernel.COLUMNS, c.columns() - firstColumn);
        MemorySegment data = c.data();
        for (int r = 0; r < rows; r++) {
            long target = c.row(firstRow + r) + 4L * firstColumn;
            int bound = columns <= 0 ? 0 : Lanes.bound(columns);
            for (int j = 0; j < bound; j += Lanes.COUNT) {
                FloatVector value = FloatVector.fromArray(Lanes.FLOATS, tile, r * MicroKernel.COLUMNS + j)
                        .mul(scale);
                Lanes.store(
                        now == Result.ADD ? value.add(Lanes.load(data, target + 4L * j)) : value,
                        data,
                        target + 4L * j);
            }
            for (int j = bound; j < columns; j++) {
                float value = scale * tile[r * MicroKernel.COLUMNS + j];
                float old = now == Result.ADD ? data.get(JAVA_FLOAT_UNALIGNED, target + 4L * j) : 0;
                data.set(JAVA_FLOAT_UNALIGNED, target + 4L * j, old + value);
            }
        }
    }
}
