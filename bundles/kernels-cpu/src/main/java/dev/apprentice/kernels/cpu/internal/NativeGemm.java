package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.LowRank;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The general matrix product C (m, n) = or += scale · A (m, k) B (k, n) in C; a task owns up to 64 columns. Weights of 16 bits and
 * less are multiplied as BF16, A rounded to it, and added up in float32, and so are the gradients of such weights; float32 weights, adapters
 * and their gradients stay in float32.
 */
final class NativeGemm {
    /** Columns of B that one call of the C function takes. */
    private static final int BLOCK = 64;

    /** Rows of A at a time; B is unpacked again for every chunk. */
    private static final int CHUNK = 512;

    /** Rows of A that one task brings into the micro-kernel's order. */
    private static final int LEFT_ROWS = 16;

    /** The same where they are columns in memory, of which a page has only so many beside each other. */
    private static final int TRANSPOSED_LEFT_ROWS = 64;

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
        runAll(List.of(new Joined(this, null)));
    }

    /** The same plus an adapter's product, while that part of C is in the cache. */
    void run(Beside beside) {
        runAll(List.of(new Joined(this, beside)));
    }

    /** A product, and the adapter beside it if there is one. */
    record Joined(NativeGemm product, @Nullable Beside beside) {}

    /** Products with the same left operand, read in the same way, which is brought into the micro-kernel's order once. */
    static void runAll(List<Joined> all) {
        NativeGemm any = all.getFirst().product();
        try (Scratch scratch = Scratch.borrow();
                Scratch ofBetween = Scratch.borrow()) {
            for (int row = 0; row < any.c.rows(); row += CHUNK) {
                int rows = Math.min(CHUNK, any.c.rows() - row);
                Left left = any.left(row, rows, scratch);
                for (Joined joined : all) {
                    joined.product().multiply(left, joined.beside(), row, rows, ofBetween);
                }
            }
        } finally {
            Reference.reachabilityFence(all);
        }
    }

    private void multiply(Left left, @Nullable Beside beside, int row, int rows, Scratch scratch) {
        Term product = new Term(type, left, depth, b, layoutB, scale, result);
        if (beside == null) {
            multiply(List.of(product), c, row, rows);
            return;
        }
        int rank = beside.between().columns();
        Term inner = beside.first().of(left, depth, Gemm.Result.REPLACE);
        multiply(List.of(inner), beside.between(), row, rows);
        Left narrow = leftBf16(beside.between(), row, rows, rank, scratch);
        multiply(List.of(product, beside.second().of(narrow, rank, Gemm.Result.ADD)), c, row, rows);
    }

    /**
     * An adapter beside a weight, multiplied as BF16: the first factor reads the rows that the weight reads.
     *
     * @param between (m, rank), receives the product of the first factor
     */
    record Beside(Factor first, Factor second, Operand between) {
        /** On the way there: A, then B. */
        static Beside forward(LowRank adapter, Tensor lowRank) {
            Factor b = switch (adapter) {
                case LowRank.Trained trained -> new Factor(trained.b(), Layout.TRANSPOSED, trained.scale());
                case LowRank.Served served -> new Factor(served.bTransposed(), Layout.PLAIN, served.scale());
            };
            return new Beside(new Factor(adapter.a(), Layout.TRANSPOSED, 1), b, Operand.of(lowRank));
        }

        /** On the way back: B, then A. */
        static Beside backward(LowRank.Trained adapter, Tensor dLowRank) {
            Factor b = new Factor(adapter.b(), Layout.PLAIN, adapter.scale());
            return new Beside(b, new Factor(adapter.a(), Layout.PLAIN, 1), Operand.of(dLowRank));
        }
    }

    /** One matrix of an adapter. */
    private record Factor(Matrix matrix, Layout layout, float scale) {
        Term of(Left left, int depth, Gemm.Result result) {
            NativeType type = matrix.type() == DataType.F32 ? NativeType.F32_AS_BF16 : NativeType.BF16;
            return new Term(type, left, depth, Operand.of(matrix), layout, scale, result);
        }
    }

    /** One product of a sum of them: scale · left · right, where left has {@code depth} columns. */
    private record Term(
            NativeType type, Left left, int depth, Operand right, Layout layout, float scale, Gemm.Result result) {}

    /**
     * Rows of A as the micro-kernel reads them.
     *
     * @param stride distance of two rows in elements of two or four bytes
     */
    private record Left(long address, long stride, int elementBytes) {}

    private Left left(int firstRow, int rows, Scratch scratch) {
        if (type != NativeType.F32) {
            return layoutA == Layout.PLAIN
                    ? leftBf16(a, firstRow, rows, depth, scratch)
                    : leftBf16Transposed(firstRow, rows, scratch);
        }
        if (layoutA == Layout.PLAIN) {
            return new Left(address(a, firstRow), a.rowBytes() / 4, 4);
        }
        Left left = new Left(scratch.memory(rows * stride(depth)).address(), stride(depth), 4);
        prepare(
                left,
                rows,
                depth,
                TRANSPOSED_LEFT_ROWS,
                (from, count, to) -> functions.leftTransposed(
                        address(a, 0) + 4L * (firstRow + from), a.rowBytes() / 4, count, depth, to, left.stride()));
        return left;
    }

    private Left leftBf16(Operand plain, int firstRow, int rows, int columns, Scratch scratch) {
        long stride = stride(columns);
        Left left = new Left(scratch.memory(rows * stride / 2).address(), stride, 2);
        prepare(
                left,
                rows,
                columns,
                LEFT_ROWS,
                (from, count, to) -> functions.leftBf16(
                        address(plain, firstRow + from), plain.rowBytes() / 4, count, columns, to, stride));
        return left;
    }

    private Left leftBf16Transposed(int firstRow, int rows, Scratch scratch) {
        Left left = new Left(scratch.memory(rows * stride(depth) / 2).address(), stride(depth), 2);
        prepare(
                left,
                rows,
                depth,
                TRANSPOSED_LEFT_ROWS,
                (from, count, to) -> functions.leftBf16Transposed(
                        address(a, 0) + 4L * (firstRow + from), a.rowBytes() / 4, count, depth, to, left.stride()));
        return left;
    }

    /** Whole cache lines, an odd number of them. */
    private static long stride(int columns) {
        return Math.ceilDiv(columns, 64) * 64L + 32;
    }

    private interface Preparation {
        void run(int from, int count, long target);
    }

    private void prepare(Left left, int rows, int columns, int rowsPerTask, Preparation preparation) {
        pool.run(Math.ceilDiv(rows, rowsPerTask), 2L * rows * columns, task -> {
            int from = task * rowsPerTask;
            preparation.run(
                    from,
                    Math.min(rowsPerTask, rows - from),
                    left.address() + from * left.stride() * left.elementBytes());
        });
    }

    /** Some rows of target (m, n) = or += the sum of the terms. */
    private void multiply(List<Term> terms, Operand target, int firstRow, int rows) {
        // Tasks own columns. A product too narrow for all threads is also split by rows; then its few columns are
        // packed twice.
        int blocks = Math.ceilDiv(target.columns(), BLOCK);
        int splits = blocks >= 2 * pool.threads() ? 1 : Math.ceilDiv(2 * pool.threads(), blocks);
        int step = functions.tiles() ? 32 : 24; // whole tiles, or whole groups of rows of any micro-kernel
        int rowsPerSplit = Math.ceilDiv(Math.ceilDiv(rows, splits), step) * step;
        splits = Math.ceilDiv(rows, rowsPerSplit);
        long work = (long) rows * terms.getFirst().depth() * target.columns() / 2;
        pool.run(blocks * splits, work, task -> {
            int from = task / blocks * rowsPerSplit;
            int count = Math.min(rowsPerSplit, rows - from);
            int column = task % blocks * BLOCK;
            int columns = Math.min(BLOCK, target.columns() - column);
            for (Term term : terms) {
                functions.gemm(
                        term.type(),
                        term.left().address()
                                + from * term.left().stride() * term.left().elementBytes(),
                        term.left().stride(),
                        count,
                        term.depth(),
                        address(term.right(), 0),
                        term.right().rowBytes(),
                        term.layout(),
                        column,
                        columns,
                        term.scale(),
                        term.result(),
                        address(target, firstRow + from) + 4L * column,
                        target.rowBytes() / 4);
            }
        });
    }

    private static long address(Operand operand, int row) {
        MemorySegment data = operand.data();
        return data.address() + operand.row(row);
    }
}
