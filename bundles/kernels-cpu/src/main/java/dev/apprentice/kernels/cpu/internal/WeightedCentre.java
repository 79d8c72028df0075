package dev.apprentice.kernels.cpu.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** dw = w ⊙ (dw − Σ w·dw) · scale over one row: the gradient of a softmax. */
final class WeightedCentre {
    private WeightedCentre() {}

    static void run(MemorySegment weights, MemorySegment gradients, long base, int count, float scale) {
        int bound = Lanes.bound(count);
        FloatVector sums = FloatVector.zero(Lanes.FLOATS);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            sums = Lanes.load(weights, base + 4L * i).fma(Lanes.load(gradients, base + 4L * i), sums);
        }
        float mean = Lanes.sum(sums);
        for (int i = bound; i < count; i++) {
            mean += get(weights, base + 4L * i) * get(gradients, base + 4L * i);
        }
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            FloatVector centred = Lanes.load(gradients, base + 4L * i).sub(mean);
            Lanes.store(centred.mul(Lanes.load(weights, base + 4L * i)).mul(scale), gradients, base + 4L * i);
        }
        for (int i = bound; i < count; i++) {
            long at = base + 4L * i;
            gradients.set(JAVA_FLOAT_UNALIGNED, at, get(weights, at) * (get(gradients, at) - mean) * scale);
        }
    }

    private static float get(MemorySegment data, long offset) {
        return data.get(JAVA_FLOAT_UNALIGNED, offset);
    }
}
