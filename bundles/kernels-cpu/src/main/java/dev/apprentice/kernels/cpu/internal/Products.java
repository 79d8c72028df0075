package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.InputMajorMatrix;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;

/** Matrix products and the softmax between those of attention, where nearly all time goes, in one of two ways: with the Vector API or in C. */
interface Products {
    /** Tokens up to which {@link #few} is faster than packing operands for {@link #many}. */
    int MOST_TOKENS = 8;

    /** y = or += scale · x Wᵀ for at most {@value #MOST_TOKENS} tokens; W (out, in), x (n, in), y (n, out). */
    void few(WorkerPool pool, Matrix weight, Tensor x, float scale, Gemm.Result result, Tensor y);

    /** y = x Wᵀ of one token where mask is not 0, and 0 elsewhere; W (out, in), x (1, in), mask and y (1, out). */
    void where(WorkerPool pool, Matrix weight, Tensor mask, Tensor x, Tensor y);

    /** y = x Wᵀ of one token, leaving out inputs that are 0; W (out, in), x (1, in), y (1, out). */
    void active(WorkerPool pool, InputMajorMatrix weight, Tensor x, Tensor y);

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

    /** As {@link CausalSoftmax#run}. */
    void softmax(MemorySegment scores, int rows, int width, int visible, int window);

    /** As {@link CausalSoftmax#backward}. */
    void softmaxBackward(MemorySegment weights, MemorySegment dWeights, int rows, int width, float scale);
}
