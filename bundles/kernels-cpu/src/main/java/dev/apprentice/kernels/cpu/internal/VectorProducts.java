package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.InputMajorMatrix;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;

/** Products with the Vector API. */
final class VectorProducts implements Products {
    @Override
    public void few(WorkerPool pool, Matrix weight, Tensor x, float scale, Gemm.Result result, Tensor y) {
        Gemv.run(pool, weight, x, scale, result, y);
    }

    @Override
    public void where(WorkerPool pool, Matrix weight, Tensor mask, Tensor x, Tensor y) {
        Gemv.where(pool, weight, mask, x, y);
    }

    @Override
    public void active(WorkerPool pool, InputMajorMatrix weight, Tensor x, Tensor y) {
        ActiveGemv.run(pool, weight, x, y);
    }

    @Override
    public void many(
            WorkerPool pool,
            Operand a,
            Layout layoutA,
            Operand b,
            Layout layoutB,
            float scale,
            Gemm.Result result,
            Operand c) {
        Gemm.run(pool, a, layoutA, b, layoutB, scale, result, c);
    }

    @Override
    public void softmax(MemorySegment scores, int rows, int width, int visible, int window) {
        CausalSoftmax.run(scores, rows, width, visible, window);
    }

    @Override
    public void softmaxBackward(MemorySegment weights, MemorySegment dWeights, int rows, int width, float scale) {
        CausalSoftmax.backward(weights, dWeights, rows, width, scale);
    }
}
