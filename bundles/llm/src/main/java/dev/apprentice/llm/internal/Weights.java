package dev.apprentice.llm.internal;

import dev.apprentice.compute.Matrix;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/**
 * The frozen weights of a base model.
 *
 * @param embedding (vocabulary, width)
 * @param finalNorm (width) float32
 * @param head (vocabulary, width); the embedding itself where they are tied
 */
record Weights(Matrix embedding, List<Layer> layers, MemorySegment finalNorm, Matrix head) {
    /**
     * One transformer block.
     *
     * @param attentionNorm (width) float32
     * @param feedForwardNorm (width) float32
     * @param linear by Hugging Face name, (outputs, inputs)
     */
    record Layer(MemorySegment attentionNorm, MemorySegment feedForwardNorm, Map<String, Matrix> linear) {}
}
