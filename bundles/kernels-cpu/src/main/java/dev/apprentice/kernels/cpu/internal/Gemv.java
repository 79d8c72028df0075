package dev.apprentice.kernels.cpu.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;

/** y = or += scale · x Wᵀ for a few tokens: every weight is read from memory once, which is what it costs. */
final class Gemv {
    /** Elements of the weight per task. */
    private static final int TASK = 1 << 15;

    private Gemv() {}

    static void run(WorkerPool pool, Matrix weight, Tensor x, float scale, Gemm.Result result, Tensor y) {
        int in = weight.columns();
        int rowsPerTask = Math.max(8, TASK / in);
        long work = (long) weight.rows() * in * x.rows();
        try (Scratch shared = Scratch.borrow()) {
            float[] input = shared.left(x.rows() * in);
            MemorySegment.copy(x.data(), JAVA_FLOAT_UNALIGNED, 0, input, 0, x.rows() * in);
            pool.run(Math.ceilDiv(weight.rows(), rowsPerTask), work, task -> {
                int first = task * rowsPerTask;
                int last = Math.min(weight.rows(), first + rowsPerTask);
                rows(weight, first, last, input, scale, result, y);
            });
        }
    }

    /** y = x Wᵀ of one token where mask is not 0, and 0 elsewhere, whose weights are not read. */
    static void where(WorkerPool pool, Matrix weight, Tensor mask, Tensor x, Tensor y) {
        int in = weight.columns();
        long rowBytes = weight.type().rowBytes(in);
        int rowsPerTask = Math.max(8, TASK / in);
        try (Scratch shared = Scratch.borrow()) {
            float[] input = shared.left(in);
            MemorySegment.copy(x.data(), JAVA_FLOAT_UNALIGNED, 0, input, 0, in);
            pool.run(Math.ceilDiv(weight.rows(), rowsPerTask), (long) weight.rows() * in, task -> {
                int last = Math.min(weight.rows(), (task + 1) * rowsPerTask);
                try (Scratch scratch = Scratch.borrow()) {
                    float[] row = scratch.rows(in);
                    for (int out = task * rowsPerTask; out < last; out++) {
                        float value = mask.get(0, out) == 0 ? 0 : dot(weight, out * rowBytes, input, row);
                        y.set(0, out, value);
                    }
                }
            });
        }
    }

    private static void rows(
            Matrix weight, int first, int last, float[] input, float scale, Gemm.Result result, Tensor y) {
        int in = weight.columns();
        long rowBytes = weight.type().rowBytes(in);
        try (Scratch scratch = Scratch.borrow()) {
            float[] row = scratch.rows(in);
            for (int out = first; out < last; out++) {
                long offset = out * rowBytes;
                if (y.rows() == 1) {
                    put(y, 0, out, scale * dot(weight, offset, input, row), result);
                    continue;
                }
                Unpack.run(weight.type(), weight.data(), offset, 0, in, row, 0);
                for (int token = 0; token < y.rows(); token++) {
                    put(y, token, out, scale * Dot.run(row, 0, input, token * in, in), result);
                }
            }
        }
    }

    private static float dot(Matrix weight, long offset, float[] input, float[] row) {
        int in = weight.columns();
        return switch (weight.type()) {
            case F32 -> Dot.run(weight.data(), offset, input, 0, in);
            case Q8_0 -> BlockDot.q8(weight.data(), offset, input, in);
            case Q4_0 -> BlockDot.q4(weight.data(), offset, input, in);
            case F16, BF16, Q4_1, Q4_K, Q5_K, Q6_K, Q4_G128 -> {
                Unpack.run(weight.type(), weight.data(), offset, 0, in, row, 0);
                yield Dot.run(row, 0, input, 0, in);
            }
        };
    }

    private static void put(Tensor y, int token, int out, float value, Gemm.Result result) {
        long target = 4L * ((long) token * y.columns() + out);
        float old = result == Gemm.Result.ADD ? y.data().get(JAVA_FLOAT_UNALIGNED, target) : 0;
        y.data().set(JAVA_FLOAT_UNALIGNED, target, old + value);
    }
}
