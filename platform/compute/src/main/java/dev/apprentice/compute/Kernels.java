package dev.apprentice.compute;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The operations of a Llama-family transformer, forward and backward, on one kind of hardware.
 *
 * <p>Shapes are (rows, columns); n is the number of tokens. Results named "+=" are added to what is there, so that gradients
 * accumulate. Arguments never overlap unless said so. Memory is native and open to every thread (a shared, automatic or global
 * arena, never a confined one). Implementations may be called from several threads at once; the result of a
 * call does not depend on how many threads took part. The scalar implementation is the oracle of the tests.
 */
public interface Kernels {

    /** What runs, for people: instruction set, vector width, threads. */
    String description();

    /** How many threads an operation uses at the most, the caller's included. */
    default int threads() {
        return 1;
    }

    /**
     * The same operations for training beside weights that are held in a type: products of float32 with float32, and attention, are as exact
     * as products with such weights, and as fast; here all are exact. Void when these kernels are closed.
     */
    default Kernels asExactAs(DataType held) {
        return this;
    }

    /**
     * The numbers of a weight never change again: kernels with memory of their own may keep a copy for as long as somebody holds this very
     * object and its memory is open.
     */
    default void hold(Matrix weight) {}

    /** y = x Wᵀ; W (out, in), x (n, in), y (n, out). */
    void multiply(Matrix weight, Tensor x, Tensor y);

    /** y += scale · x Wᵀ; W (out, in), x (n, in), y (n, out). The adapters' forward product. */
    void multiplyAdd(Matrix weight, Tensor x, float scale, Tensor y);

    /**
     * y += scale · B(Ax): what an adapter adds to a linear layer; x (n, in), y (n, out).
     *
     * @param lowRank (n, rank), overwritten
     */
    default void addLowRank(LowRank adapter, Tensor x, Tensor lowRank, Tensor y) {
        multiply(adapter.a(), x, lowRank);
        switch (adapter) {
            case LowRank.Trained trained -> multiplyAdd(trained.b(), lowRank, trained.scale(), y);
            case LowRank.Served served -> multiplyTransposedAdd(served.bTransposed(), lowRank, served.scale(), y);
        }
    }

    /**
     * y = x Wᵀ + scale · B(Ax): a linear layer with an adapter beside it, which costs less at once than one after the other; W (out, in), x
     * (n, in), y (n, out).
     *
     * @param lowRank (n, rank), overwritten
     */
    default void multiplyAdapted(Matrix weight, LowRank adapter, Tensor x, Tensor lowRank, Tensor y) {
        multiply(weight, x, y);
        addLowRank(adapter, x, lowRank, y);
    }

    /** Layers that read the same x, which is made ready for their products once; what {@link #multiply} and {@link #multiplyAdapted} give. */
    default void multiplyAll(List<LinearLayer> layers, Tensor x) {
        for (LinearLayer layer : layers) {
            switch (layer) {
                case LinearLayer.Plain plain -> multiply(plain.weight(), x, plain.y());
                case LinearLayer.Adapted adapted ->
                    multiplyAdapted(adapted.weight(), adapted.adapter(), x, adapted.lowRank(), adapted.y());
            }
        }
    }

    /**
     * y = x Wᵀ of one token where mask is not 0, and 0 elsewhere, whose weights are not read; W (out, in), x (1, in), mask and y (1,
     * out).
     */
    void multiplyWhere(Matrix weight, Tensor mask, Tensor x, Tensor y);

    /** y = x Wᵀ of one token; of inputs that are 0 the weights are not read; W (out, in), x (1, in), y (1, out). */
    void multiplyActive(InputMajorMatrix weight, Tensor x, Tensor y);

    /** dx += scale · dy W; W (out, in), dy (n, out), dx (n, in). The backward product of a frozen weight. */
    void multiplyTransposedAdd(Matrix weight, Tensor dy, float scale, Tensor dx);

    /** dx = dy W; W (out, in), dy (n, out), dx (n, in). As {@link #multiplyTransposedAdd} where nothing was there before. */
    default void multiplyTransposed(Matrix weight, Tensor dy, Tensor dx) {
        dx.clear();
        multiplyTransposedAdd(weight, dy, 1, dx);
    }

    /**
     * dx = dy W + dLowRank A with dLowRank = scale · dy B: the gradient of {@link #multiplyAdapted} for x; W (out, in), dy (n, out), dx (n,
     * in).
     *
     * @param dLowRank (n, rank), the gradient of Ax, overwritten
     */
    default void multiplyAdaptedTransposed(
            Matrix weight, LowRank.Trained adapter, Tensor dy, Tensor dLowRank, Tensor dx) {
        multiplyTransposed(weight, dy, dx);
        addThroughLowRank(adapter, dy, dLowRank, dx);
    }

    /** dx += that, where something was there before. */
    default void multiplyAdaptedTransposedAdd(
            Matrix weight, LowRank.Trained adapter, Tensor dy, Tensor dLowRank, Tensor dx) {
        multiplyTransposedAdd(weight, dy, 1, dx);
        addThroughLowRank(adapter, dy, dLowRank, dx);
    }

    private void addThroughLowRank(LowRank.Trained adapter, Tensor dy, Tensor dLowRank, Tensor dx) {
        dLowRank.clear();
        multiplyTransposedAdd(adapter.b(), dy, adapter.scale(), dLowRank);
        multiplyTransposedAdd(adapter.a(), dLowRank, 1, dx);
    }

    /** dW += scale · dyᵀ x; dy (n, out), x (n, in), dW (out, in). The gradient of a trained weight. */
    void outerProductAdd(Tensor dy, Tensor x, float scale, Tensor dWeight);

    /** Stores values in the type of a weight, each rounded to the nearest that it can hold; both (rows, columns). */
    default void round(Tensor values, Matrix weight) {
        Columns.round(values, weight);
    }

    /** y = x / rms(x) ⊙ weight per row, rms(x) = √(mean(x²) + epsilon) (arXiv 1910.07467); x, y (n, d), weight (d) float32. */
    void rmsNorm(Tensor x, MemorySegment weight, float epsilon, Tensor y);

    /** dx += gradient of {@link #rmsNorm} for its input x; x, dy, dx (n, d). */
    void rmsNormBackward(Tensor x, MemorySegment weight, float epsilon, Tensor dy, Tensor dx);

    /** dWeight += gradient of {@link #rmsNorm} for its weight, Σ over the rows of dy ⊙ x / rms(x); x, dy (n, d), dWeight (d) float32. */
    default void rmsNormWeightBackward(Tensor x, float epsilon, Tensor dy, MemorySegment dWeight) {
        Columns.addNormalisedDots(x, epsilon, dy, dWeight);
    }

    /** Turns each head of x in place by the angle of its position; x (n, heads·headDim), row i at {@code startPosition + i}. */
    void rotate(RotaryTable table, int startPosition, Tensor x);

    /** Turns back: the gradient of {@link #rotate}, in place. */
    void rotateBackward(RotaryTable table, int startPosition, Tensor dx);

    /**
     * Causal softmax attention of n new tokens that follow {@code past} others, within the shape's window.
     *
     * @param query (n, heads·headDim)
     * @param keys (at least past+n, keyValueHeads·headDim), the first past+n rows are read
     * @param values as keys
     * @param out (n, heads·headDim)
     */
    void attention(AttentionShape shape, int past, Tensor query, Tensor keys, Tensor values, Tensor out);

    /**
     * Attention as above over keys and values that are stored in another type; here by way of a copy as float32.
     *
     * @param keys (past+n, keyValueHeads·headDim), heads being whole blocks of the type
     * @param values as keys
     */
    default void attention(AttentionShape shape, int past, Tensor query, Matrix keys, Matrix values, Tensor out) {
        try (Arena arena = Arena.ofShared()) {
            Tensor plainKeys = Dequantizer.toTensor(arena, keys);
            attention(shape, past, query, plainKeys, Dequantizer.toTensor(arena, values), out);
        }
    }

    /** dQuery, dKeys, dValues += gradients of {@link #attention} with past = 0 over one sequence of n tokens. */
    void attentionBackward(AttentionShape shape, AttentionTape forward, Tensor dOut, AttentionGradient gradient);

    /** out = silu(gate) ⊙ up (arXiv 2002.05202); all (n, d). */
    void swiGlu(Tensor gate, Tensor up, Tensor out);

    /** gate = 0 in place where |silu(gate)| is below the threshold (CATS, arXiv 2404.08763); gate (n, d). */
    void dropBelow(float threshold, Tensor gate);

    /** dGate, dUp = gradients of {@link #swiGlu} (overwritten); all (n, d). */
    void swiGluBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp);

    /** y += x; both (n, d). */
    void add(Tensor x, Tensor y);

    /** Every row of y += vector; y (n, d), vector (d) float32. A bias. */
    default void addToRows(MemorySegment vector, Tensor y) {
        Columns.add(vector, y);
    }

    /** sums += Σ over the rows of dy; dy (n, d), sums (d) float32. The gradient of a bias. */
    default void columnSumsAdd(Tensor dy, MemorySegment sums) {
        Columns.addSums(dy, sums);
    }

    /** y = x ⊙ factors per row; x, y (n, d), which may be the same, factors (d) float32. */
    default void scaleColumns(Tensor x, MemorySegment factors, Tensor y) {
        Columns.scale(x, factors, y);
    }

    /** dots += Σ over the rows of x ⊙ y; x, y (n, d), dots (d) float32. The gradient of the factors of {@link #scaleColumns}. */
    default void columnDotsAdd(Tensor x, Tensor y, MemorySegment dots) {
        Columns.addDots(x, y, dots);
    }

    /**
     * Softmax cross-entropy of each row against its target; rows whose target is negative are skipped.
     *
     * @param logits (n, vocabulary); on return the gradient (softmax − one-hot) · weights[row], zero for skipped rows
     * @param losses (n) receives −log p(target) in nats, 0 for skipped rows
     */
    void crossEntropy(Tensor logits, int[] targets, float[] weights, float[] losses);

    /**
     * Divergence KL(teacher ‖ student) of each row; rows of weight 0 are skipped.
     *
     * @param student (n, vocabulary) logits; on return the gradient (softmax(student) − softmax(teacher)) · weights[row]
     * @param teacher (n, vocabulary) logits
     * @param divergences (n) receives the divergence in nats
     */
    void distil(Tensor student, Tensor teacher, float[] weights, float[] divergences);

    /**
     * For each row −log softmax(row)[target] into losses, 0 where the target is negative, and the index of the largest logit (the
     * lowest on a tie) into best.
     */
    void score(Tensor logits, int[] targets, float[] losses, int[] best);
}
