package dev.apprentice.llm.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;

/** Where the gradients of what stands before and behind the blocks are left: embedding, final norm and head. */
sealed interface EndGradients {
    /** All three are frozen. */
    EndGradients FROZEN = new Frozen();

    /** Behind the head: dLogits (n, vocabulary), normed (n, width). */
    void head(Tensor dLogits, Tensor normed);

    /** Behind the final norm: x, dNormed (n, width). */
    void finalNorm(Tensor x, float epsilon, Tensor dNormed);

    /** Before the first block: dHidden (n, width) is the gradient of its input. */
    void embedding(int[] tokens, Tensor dHidden);

    /** Nothing is trained. */
    record Frozen() implements EndGradients {
        @Override
        public void head(Tensor dLogits, Tensor normed) {}

        @Override
        public void finalNorm(Tensor x, float epsilon, Tensor dNormed) {}

        @Override
        public void embedding(int[] tokens, Tensor dHidden) {}
    }

    /**
     * Added to the gradient of all weights; a tied head adds to the embedding's.
     *
     * @param gradient flat, in the layout of the weights
     */
    record Trained(Kernels kernels, TrainedWeights weights, MemorySegment gradient) implements EndGradients {
        @Override
        public void head(Tensor dLogits, Tensor normed) {
            Tensor dHead = weights.layout().head().tensor(gradient);
            kernels.outerProductAdd(dLogits, normed, 1, dHead);
        }

        @Override
        public void finalNorm(Tensor x, float epsilon, Tensor dNormed) {
            kernels.rmsNormWeightBackward(
                    x, epsilon, dNormed, weights.layout().finalNorm().in(gradient));
        }

        @Override
        public void embedding(int[] tokens, Tensor dHidden) {
            Tensor dEmbedding = weights.layout().embedding().tensor(gradient);
            for (int i = 0; i < tokens.length; i++) {
                kernels.add(dHidden.rows(i, 1), dEmbedding.rows(tokens[i], 1));
            }
        }
    }
}
