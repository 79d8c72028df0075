package dev.apprentice.llm.internal;

import dev.apprentice.compute.Kernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Weights to begin with, as GPT-2's were: normally distributed, those that write into the residual stream smaller the more blocks there are;
 * norms are 1, biases 0.
 */
final class FreshWeights {
    private static final double EMBEDDING_DEVIATION = 0.02;
    private static final List<String> INTO_THE_STREAM = List.of(".o_proj.weight", ".down_proj.weight");

    private FreshWeights() {}

    /** Fills the values, the same for the same seed, and rounds them. */
    static void fill(TrainedWeights weights, long seed, Kernels kernels) {
        SplittableRandom random = new SplittableRandom(seed);
        int layers = weights.weights().layers().size();
        for (Slice slice : weights.layout().slices()) {
            MemorySegment values = slice.in(weights.values());
            if (slice.shape().size() == 1) {
                fill(values, slice.name().endsWith(".bias") ? 0 : 1);
            } else {
                fill(values, deviation(slice, layers), random);
            }
        }
        weights.round(kernels);
    }

    private static double deviation(Slice slice, int layers) {
        if (slice.name().startsWith("model.layers.")) {
            double keepsSize = 1 / Math.sqrt(slice.shape().getLast());
            boolean addsUp = INTO_THE_STREAM.stream().anyMatch(slice.name()::endsWith);
            return addsUp ? keepsSize / Math.sqrt(2.0 * layers) : keepsSize;
        }
        return EMBEDDING_DEVIATION;
    }

    private static void fill(MemorySegment values, float value) {
        for (long i = 0; i < values.byteSize() / 4; i++) {
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
        }
    }

    private static void fill(MemorySegment values, double deviation, SplittableRandom random) {
        for (long i = 0; i < values.byteSize() / 4; i++) {
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (deviation * random.nextGaussian()));
        }
    }
}
