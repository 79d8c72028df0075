package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;

/** Matrix products, where nearly all time goes, in one of two ways: with the Vector API or in C. */
interface Products {
    /** Tokens up to which {@link #few} is faster than packing operands for {@link #many}. */
    int MOST_TOKENS = 8;

    /** y = or += scale · x Wᵀ for at most {@value #MOST_TOKENS} tokens; W (out, in), x (n, in), y (n, out). */
    void few(WorkerPool pool, Matrix weight, Tensor x, float scale, Gemm.Result result, Tensor y);

    /** C (m, n) = or += scale · A (m, k) B (k, n), where A is float32, and lies as written if B is anything else. */
    void many(
            WorkerPool pool,
            Operand a,
            Layout layoutA,
            Operand b,
            Layout layoutB,
            float scale,
            Gemm.Result result,
            Operand c);
}
