package dev.apprentice.kernels.cuda.internal;

import dev.apprentice.compute.AttentionGradient;
import dev.apprentice.compute.AttentionShape;
import dev.apprentice.compute.AttentionTape;
import dev.apprentice.compute.InputMajorMatrix;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.LinearLayer;
import dev.apprentice.compute.LowRank;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.RotaryTable;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Leaves every operation to other kernels. */
abstract class DelegatingKernels implements Kernels {
    private final Kernels others;

    DelegatingKernels(Kernels others) {
        this.others = others;
    }

    /** Who does what is not done here. */
    final Kernels others() {
        return others;
    }

    @Override
    public int threads() {
        return others.threads();
    }

    @Override
    public void hold(Matrix weight) {
        others.hold(weight);
    }

    @Override
    public void multiply(Matrix weight, Tensor x, Tensor y) {
        others.multiply(weight, x, y);
    }

    @Override
    public void multiplyAdd(Matrix weight, Tensor x, float scale, Tensor y) {
        others.multiplyAdd(weight, x, scale, y);
    }

    @Override
    public void addLowRank(LowRank adapter, Tensor x, Tensor lowRank, Tensor y) {
        others.addLowRank(adapter, x, lowRank, y);
    }

    @Override
    public void multiplyAdapted(Matrix weight, LowRank adapter, Tensor x, Tensor lowRank, Tensor y) {
        others.multiplyAdapted(weight, adapter, x, lowRank, y);
    }

    @Override
    public void multiplyAll(List<LinearLayer> layers, Tensor x) {
        others.multiplyAll(layers, x);
    }

    @Override
    public void multiplyWhere(Matrix weight, Tensor mask, Tensor x, Tensor y) {
        others.multiplyWhere(weight, mask, x, y);
    }

    @Override
    public void multiplyActive(InputMajorMatrix weight, Tensor x, Tensor y) {
        others.multiplyActive(weight, x, y);
    }

    @Override
    public void multiplyTransposedAdd(Matrix weight, Tensor dy, float scale, Tensor dx) {
        others.multiplyTransposedAdd(weight, dy, scale, dx);
    }

    @Override
    public void multiplyTransposed(Matrix weight, Tensor dy, Tensor dx) {
        others.multiplyTransposed(weight, dy, dx);
    }

    @Override
    public void multiplyAdaptedTransposed(
            Matrix weight, LowRank.Trained adapter, Tensor dy, Tensor dLowRank, Tensor dx) {
        others.multiplyAdaptedTransposed(weight, adapter, dy, dLowRank, dx);
    }

    @Override
    public void multiplyAdaptedTransposedAdd(
            Matrix weight, LowRank.Trained adapter, Tensor dy, Tensor dLowRank, Tensor dx) {
        others.multiplyAdaptedTransposedAdd(weight, adapter, dy, dLowRank, dx);
    }

    @Override
    public void outerProductAdd(Tensor dy, Tensor x, float scale, Tensor dWeight) {
        others.outerProductAdd(dy, x, scale, dWeight);
    }

    @Override
    public void round(Tensor values, Matrix weight) {
        others.round(values, weight);
    }

    @Override
    public void rmsNorm(Tensor x, MemorySegment weight, float epsilon, Tensor y) {
        others.rmsNorm(x, weight, epsilon, y);
    }

    @Override
    public void rmsNormBackward(Tensor x, MemorySegment weight, float epsilon, Tensor dy, Tensor dx) {
        others.rmsNormBackward(x, weight, epsilon, dy, dx);
    }

    @Override
    public void rmsNormWeightBackward(Tensor x, float epsilon, Tensor dy, MemorySegment dWeight) {
        others.rmsNormWeightBackward(x, epsilon, dy, dWeight);
    }

    @Override
    public void rotate(RotaryTable table, int startPosition, Tensor x) {
        others.rotate(table, startPosition, x);
    }

    @Override
    public void rotateBackward(RotaryTable table, int startPosition, Tensor dx) {
        others.rotateBackward(table, startPosition, dx);
    }

    @Override
    public void attention(AttentionShape shape, int past, Tensor query, Tensor keys, Tensor values, Tensor out) {
        others.attention(shape, past, query, keys, values, out);
    }

    @Override
    public void attention(AttentionShape shape, int past, Tensor query, Matrix keys, Matrix values, Tensor out) {
        others.attention(shape, past, query, keys, values, out);
    }

    @Override
    public void attentionBackward(
            AttentionShape shape, AttentionTape forward, Tensor dOut, AttentionGradient gradient) {
        others.attentionBackward(shape, forward, dOut, gradient);
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        others.swiGlu(gate, up, out);
    }

    @Override
    public void dropBelow(float threshold, Tensor gate) {
        others.dropBelow(threshold, gate);
    }

    @Override
    public void swiGluBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
        others.swiGluBackward(gate, up, dOut, dGate, dUp);
    }

    @Override
    public void add(Tensor x, Tensor y) {
        others.add(x, y);
    }

    @Override
    public void addToRows(MemorySegment vector, Tensor y) {
        others.addToRows(vector, y);
    }

    @Override
    public void columnSumsAdd(Tensor dy, MemorySegment sums) {
        others.columnSumsAdd(dy, sums);
    }

    @Override
    public void scaleColumns(Tensor x, MemorySegment factors, Tensor y) {
        others.scaleColumns(x, factors, y);
    }

    @Override
    public void columnDotsAdd(Tensor x, Tensor y, MemorySegment dots) {
        others.columnDotsAdd(x, y, dots);
    }

    @Override
    public void crossEntropy(Tensor logits, int[] targets, float[] weights, float[] losses) {
        others.crossEntropy(logits, targets, weights, losses);
    }

    @Override
    public void distil(Tensor student, Tensor teacher, float[] weights, float[] divergences) {
        others.distil(student, teacher, weights, divergences);
    }

    @Override
    public void score(Tensor logits, int[] targets, float[] losses, int[] best) {
        others.score(logits, targets, losses, best);
    }
}
