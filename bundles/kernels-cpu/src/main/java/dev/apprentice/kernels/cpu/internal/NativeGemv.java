package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * y = or += scale · x Wᵀ for a few tokens in C. Quantised weights meet activations rounded to 8 bits with a scale for each 32, as
 * llama.cpp does it: products of integers run four times as fast, and the rounding, at most 1/254 of a block's largest activation, is
 * far below that of the weights.
 */
final class NativeGemv {
    /** Elements of the weight per task: some microseconds. */
    private static final int TASK = 1 << 17;

    /** The C library's groups of rounded activations, and the floats that one takes with its scales and offsets. */
    private static final int GROUP = 128;

    private static final int GROUP_FLOATS = 64;

    private NativeGemv() {}

    /** What else a task does with its columns of y, which are still in its cache. */
    interface Afterwards {
        Afterwards NOTHING = (first, count) -> {};

        void columns(int first, int count);
    }

    static void run(
            NativeFunctions functions,
            WorkerPool pool,
            NativeType type,
            Matrix weight,
            Tensor x,
            float scale,
            Gemm.Result result,
            Tensor y) {
        run(functions, pool, type, weight, x, scale, result, y, Afterwards.NOTHING);
    }

    static void run(
            NativeFunctions functions,
            WorkerPool pool,
            NativeType type,
            Matrix weight,
            Tensor x,
            float scale,
            Gemm.Result result,
            Tensor y,
            Afterwards afterwards) {
        int in = weight.columns();
        int rowsPerTask = rowsPerTask(weight, pool);
        long rowBytes = weight.type().rowBytes(in);
        long work = (long) weight.rows() * in * x.rows();
        try (Scratch scratch = Scratch.borrow()) {
            long input = input(functions, type, x, scratch);
            pool.run(Math.ceilDiv(weight.rows(), rowsPerTask), work, task -> {
                int first = task * rowsPerTask;
                int count = Math.min(rowsPerTask, weight.rows() - first);
                functions.gemv(
                        type,
                        weight.data().address() + first * rowBytes,
                        count,
                        in,
                        input,
                        x.rows(),
                        scale,
                        result,
                        y.data().address() + 4L * first,
                        y.columns());
                afterwards.columns(first, count);
            });
        } finally {
            Reference.reachabilityFence(weight);
            Reference.reachabilityFence(x);
            Reference.reachabilityFence(y);
        }
    }

    /** y = x Wᵀ of one token where mask is not 0, and 0 elsewhere, whose weights are not read. */
    static void where(
            NativeFunctions functions,
            WorkerPool pool,
            NativeType type,
            Matrix weight,
            Tensor mask,
            Tensor x,
            Tensor y) {
        int in = weight.columns();
        int rowsPerTask = rowsPerTask(weight, pool);
        long rowBytes = weight.type().rowBytes(in);
        try (Scratch scratch = Scratch.borrow()) {
            long input = input(functions, type, x, scratch);
            pool.run(Math.ceilDiv(weight.rows(), rowsPerTask), (long) weight.rows() * in, task -> {
                int first = task * rowsPerTask;
                functions.gemvWhere(
                        type,
                        weight.data().address() + first * rowBytes,
                        Math.min(rowsPerTask, weight.rows() - first),
                        in,
                        input,
                        mask.data().address() + 4L * first,
                        y.data().address() + 4L * first);
            });
        } finally {
            Reference.reachabilityFence(weight);
            Reference.reachabilityFence(mask);
            Reference.reachabilityFence(x);
            Reference.reachabilityFence(y);
        }
    }

    private static int rowsPerTask(Matrix weight, WorkerPool pool) {
        int share = Math.ceilDiv(weight.rows(), 4 * pool.threads());
        return Math.max(4, Math.min(share, TASK / weight.columns()) & -4);
    }

    /** The address of the activations as the C function for this type wants them. */
    private static long input(NativeFunctions functions, NativeType type, Tensor x, Scratch scratch) {
        return switch (type) {
            case F32, BF16, F32_AS_BF16 -> x.data().address();
            case Q8_0 -> quantized(functions, x, 128, scratch);
            case Q4_0 -> quantized(functions, x, 8, scratch);
        };
    }

    private static long quantized(NativeFunctions functions, Tensor x, int bias, Scratch scratch) {
        int groups = Math.ceilDiv(x.columns(), GROUP);
        MemorySegment out = scratch.memory((long) x.rows() * groups * GROUP_FLOATS);
        for (int token = 0; token < x.rows(); token++) {
            functions.quantize(
                    x.data().address() + 4L * token * x.columns(),
                    x.columns(),
                    bias,
                    out.address() + 4L * token * groups * GROUP_FLOATS);
        }
        return out.address();
    }
}
