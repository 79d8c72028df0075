package dev.apprentice.kernels.cpu.internal;

import java.lang.foreign.MemorySegment;

/** Softmax over the keys that each token may see; the weights of earlier and later keys are 0. */
final class CausalSoftmax {
    private CausalSoftmax() {}

    /**
     * @param scores (rows, width) gapless; on return the weights
     * @param visible number of keys up to that of the first row's token; each further row has one more
     * @param window of those, how many at most a row sees
     */
    static void run(MemorySegment scores, int rows, int width, int visible, int window) {
        for (int row = 0; row < rows; row++) {
            long base = 4L * row * width;
            int end = visible + row;
            int first = Math.max(0, end - window);
            long seen = base + 4L * first;
            float max = Softmax.max(scores, seen, end - first);
            float sum = Softmax.exponentiate(scores, seen, end - first, max);
            Softmax.scale(scores, seen, end - first, 1 / sum);
            scores.asSlice(base, 4L * first).fill((byte) 0);
            scores.asSlice(base + 4L * end, 4L * (width - end)).fill((byte) 0);
        }
    }

    /** Turns gradients for the weights into gradients for the scores: w ⊙ (dw − Σ w·dw) · scale; both (rows, width). */
    static void backward(MemorySegment weights, MemorySegment dWeights, int rows, int width, float scale) {
        for (int row = 0; row < rows; row++) {
            WeightedCentre.run(weights, dWeights, 4L * row * width, width, scale);
        }
    }
}
