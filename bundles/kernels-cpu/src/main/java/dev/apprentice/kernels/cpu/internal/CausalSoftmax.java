package dev.apprentice.kernels.cpu.internal;

import java.lang.foreign.MemorySegment;

/** Softmax over the keys that each token may see; the weights of later keys are 0. */
final class CausalSoftmax {
    private CausalSoftmax() {}

    /**
     * @param scores (rows, width) gapless; on return the weights
     * @param visible number of keys that the first row sees; each further row sees one more
     */
    static void run(MemorySegment scores, int rows, int width, int visible) {
        for (int row = 0; row < rows; row++) {
            long base = 4L * row * width;
            int seen = visible + row;
            float max = Softmax.max(scores, base, seen);
            float sum = Softmax.exponentiate(scores, base, seen, max);
            Softmax.scale(scores, base, seen, 1 / sum);
            scores.asSlice(base + 4L * seen, 4L * (width - seen)).fill((byte) 0);
        }
    }

    /** Turns gradients for the weights into gradients for the scores: w ⊙ (dw − Σ w·dw) · scale; both (rows, width). */
    static void backward(MemorySegment weights, MemorySegment dWeights, int rows, int width, float scale) {
        for (int row = 0; row < rows; row++) {
            WeightedCentre.run(weights, dWeights, 4L * row * width, width, scale);
        }
    }
}
