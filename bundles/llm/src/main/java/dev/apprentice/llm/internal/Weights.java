package dev.apprentice.llm.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Matrix;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The frozen weights of a base model.
 *
 * @param embedding (vocabulary, width)
 * @param finalNorm (width) float32
 * @param head (vocabulary, width); the embedding itself where they are tied
 */
record Weights(Matrix embedding, List<Layer> layers, MemorySegment finalNorm, Matrix head) {
    /** Tells kernels that what is multiplied with never changes. */
    void hold(Kernels kernels) {
        layers.forEach(layer -> layer.linear().values().forEach(linear -> kernels.hold(linear.weight())));
        kernels.hold(head);
    }

    /** The same with other blocks. */
    Weights withLayers(List<Layer> others) {
        return new Weights(embedding, List.copyOf(others), finalNorm, head);
    }

    /**
     * One transformer block.
     *
     * @param attentionNorm (width) float32
     * @param feedForwardNorm (width) float32
     * @param headNorms null where heads are not normalised
     * @param linear by Hugging Face name
     */
    record Layer(
            MemorySegment attentionNorm,
            MemorySegment feedForwardNorm,
            @Nullable HeadNorms headNorms,
            Map<String, Linear> linear) {}

    /** Norms of each head of queries and keys, (headDim) float32. */
    record HeadNorms(MemorySegment query, MemorySegment key) {}

    /**
     * y = Wx + b.
     *
     * @param weight (outputs, inputs)
     * @param bias (outputs) float32; null where there is none
     */
    record Linear(Matrix weight, @Nullable MemorySegment bias) {}
}
