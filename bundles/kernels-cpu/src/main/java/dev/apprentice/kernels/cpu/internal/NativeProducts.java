package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.InputMajorMatrix;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/** In C, products with types that it does not read with the Vector API. What is F32 is multiplied as it is, or rounded to BF16. */
final class NativeProducts implements Products {
    private final NativeFunctions functions;
    private final NativeType plain;
    private final Products others = new VectorProducts();

    /** @param plain what F32 is multiplied as */
    NativeProducts(NativeFunctions functions, NativeType plain) {
        this.functions = functions;
        this.plain = plain;
    }

    @Override
    public void few(WorkerPool pool, Matrix weight, Tensor x, float scale, Gemm.Result result, Tensor y) {
        NativeType type = NativeType.of(weight.type());
        if (type == null) {
            others.few(pool, weight, x, scale, result, y);
        } else {
            NativeGemv.run(functions, pool, type, weight, x, scale, result, y);
        }
    }

    @Override
    public void where(WorkerPool pool, Matrix weight, Tensor mask, Tensor x, Tensor y) {
        NativeType type = NativeType.of(weight.type());
        if (type == null) {
            others.where(pool, weight, mask, x, y);
        } else {
            NativeGemv.where(functions, pool, type, weight, mask, x, y);
        }
    }

    @Override
    public void active(WorkerPool pool, InputMajorMatrix weight, Tensor x, Tensor y) {
        NativeActiveGemv.run(functions, pool, weight, x, y);
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
        NativeType type = b.type() == DataType.F32 ? plain : NativeType.of(b.type());
        if (type == null) {
            others.many(pool, a, layoutA, b, layoutB, scale, result, c);
        } else {
            new NativeGemm(functions, pool, type, a, layoutA, b, layoutB, scale, result, c).run();
        }
    }

    @Override
    public void softmax(MemorySegment scores, int rows, int width, int visible, int window) {
        functions.causalSoftmax(scores.address(), rows, width, visible, window);
        Reference.reachabilityFence(scores);
    }

    @Override
    public void softmaxBackward(MemorySegment weights, MemorySegment dWeights, int rows, int width, float scale) {
        functions.softmaxBackward(weights.address(), dWeights.address(), rows, width, scale);
        Reference.reachabilityFence(weights);
        Reference.reachabilityFence(dWeights);
    }
}
