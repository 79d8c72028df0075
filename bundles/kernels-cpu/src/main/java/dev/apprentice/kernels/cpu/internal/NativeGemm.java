package dev.apprentice.kernels.cpu.internal;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * The general matrix product C (m, n) = or += scale · A (m, k) B (k, n) in C; a task owns up to 64 columns. Weights of 16 bits and
 * less are multiplied as BF16, A rounded to it, and added up in float32; float32 weights, adapters and gradients stay in float32.
 */
final class NativeGemm {
    /** Columns of B that one call of the C function takes. */
    private static final int BLOCK = 64;

    /** Rows of A at a time; B is unpacked again for every chunk. */
    private static final int CHUNK = 512;

    /** Rows of A that one task brings into the micro-kernel's order. */
    private static final int LEFT_ROWS = 16;

    private final NativeFunctions functions;
    private final WorkerPool pool;
    private final NativeType type;
    private final Operand a;
    private final Layout layoutA;
    private final Operand b;
    private final Layout layoutB;
    private final float scale;
    private final Gemm.Result result;
    private final Operand c;
    private final int depth;

    NativeGemm(
            NativeFunctions functions,
            WorkerPool pool,
            NativeType type,
            Operand a,
            Layout layoutA,
            Operand b,
            Layout layoutB,
            float scale,
            Gemm.Result result,
            Operand c) {
        this.functions = functions;
        this.pool = pool;
        this.type = type;
        this.a = a;
        this.layoutA = layoutA;
        this.b = b;
        this.layoutB = layoutB;
        this.scale = scale;
        this.result = result;
        this.c = c;
        this.depth = layoutA == Layout.PLAIN ? a.columns() : a.rows();
    }

    void run() {
        try (Scratch scratch = Scratch.borrow()) {
            for (int row = 0; row < c.rows(); row += CHUNK) {
                int rows = Math.min(CHUNK, c.rows() - row);
                multiply(left(row, rows, scratch), row, rows);
            }
        } finally {
            Reference.reachabilityFence(a);
            Reference.reachabilityFence(b);
            Reference.reachabilityFence(c);
        }
    }

    /**
     * Rows of A as the micro-kernel reads them.
     *
     * @param stride distance of two rows in elements of two or four bytes
     */
    private record Left(long address, long stride, int elementBytes) {}

    private Left left(int firstRow, int rows, Scratch scratch) {
        if (type != NativeType.F32) {
            Left left = new Left(scratch.memory(rows * stride() / 2).address(), stride(), 2);
            prepare(
                    left,
                    rows,
                    (from, count, to) -> functions.leftBf16(
                            address(a, firstRow + from), a.rowBytes() / 4, count, depth, to, left.stride()));
            return left;
        }
        if (layoutA == Layout.PLAIN) {
            return new Left(address(a, firstRow), a.rowBytes() / 4, 4);
        }
        Left left = new Left(scratch.memory(rows * stride()).address(), stride(), 4);
        prepare(
                left,
                rows,
                (from, count, to) -> functions.leftTransposed(
                        address(a, 0) + 4L * (firstRow + from), a.rowBytes() / 4, count, depth, to, left.stride()));
        return left;
    }

    /** Whole cache lines, an odd number of them. */
    private long stride() {
        return Math.ceilDiv(depth, 64) * 64L + 32;
    }

    private interface Preparation {
        void run(int from, int count, long target);
    }

    private void prepare(Left left, int rows, Preparation preparation) {
        pool.run(Math.ceilDiv(rows, LEFT_ROWS), 2L * rows * depth, task -> {
            int from = task * LEFT_ROWS;
            preparation.run(
                    from,
                    Math.min(LEFT_ROWS, rows - from),
                    left.address() + from * left.stride() * left.elementBytes());
        });
    }

    private void multiply(Left left, int firstRow, int rows) {
        // Tasks own columns. A product too narrow for all threads is also split by rows; then its few columns are
        // packed twice.
        int blocks = Math.ceilDiv(c.columns(), BLOCK);
        int splits = blocks >= 2 * pool.threads() ? 1 : Math.ceilDiv(2 * pool.threads(), blocks);
        int step = functions.tiles() ? 32 : 24; // whole tiles, or whole groups of rows of any micro-kernel
        int rowsPerSplit = Math.ceilDiv(Math.ceilDiv(rows, splits), step) * step;
        splits = Math.ceilDiv(rows, rowsPerSplit);
        pool.run(blocks * splits, (long) rows * depth * c.columns() / 2, task -> {
            int from = task / blocks * rowsPerSplit;
            int count = Math.min(rowsPerSplit, rows - from);
            int column = task % blocks * BLOCK;
            int columns = Math.min(BLOCK, c.columns() - column);
            long part = left.address() + from * left.stride() * left.elementBytes();
            long target = address(c, firstRow + from) + 4L * column;
            functions.gemm(
                    type,
                    part,
                    left.stride(),
                    count,
                    depth,
                    address(b, 0),
                    b.rowBytes(),
                    layoutB,
                    column,
                    columns,
                    scale,
                    result,
                    target,
                    c.rowBytes() / 4);
        });
    }

    private static long address(Operand operand, int row) {
        MemorySegment data = operand.data();
        return data.address() + operand.row(row);
    }
}
