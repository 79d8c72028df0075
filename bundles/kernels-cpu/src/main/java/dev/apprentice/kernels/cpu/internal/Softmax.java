package dev.apprentice.kernels.cpu.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Pieces of the softmax of one run of floats; a NaN among them makes every result NaN. */
final class Softmax {
    private Softmax() {}

    static float max(MemorySegment data, long base, int count) {
        FloatVector greatest = FloatVector.broadcast(Lanes.FLOATS, Float.NEGATIVE_INFINITY);
        int bound = Lanes.bound(count);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            greatest = greatest.max(Lanes.load(data, base + 4L * i));
        }
        float max = greatest.reduceLanes(VectorOperators.MAX);
        for (int i = bound; i < count; i++) {
            max = Math.max(max, data.get(JAVA_FLOAT_UNALIGNED, base + 4L * i));
        }
        return max;
    }

    /** Σ exp(x − max). */
    static float sumOfExponentials(MemorySegment data, long base, int count, float max) {
        FloatVector sums = FloatVector.zero(Lanes.FLOATS);
        int bound = Lanes.bound(count);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            sums = sums.add(Exponential.exp(Lanes.load(data, base + 4L * i).sub(max)));
        }
        float sum = Lanes.sum(sums);
        for (int i = bound; i < count; i++) {
            sum += (float) Math.exp(data.get(JAVA_FLOAT_UNALIGNED, base + 4L * i) - max);
        }
        return sum;
    }

    /** log Σ exp(x). */
    static float logSumExp(MemorySegment data, long base, int count) {
        float max = max(data, base, count);
        return (float) (max + Math.log(sumOfExponentials(data, base, count, max)));
    }

    /** Replaces x by exp(x − max) and returns their sum. */
    static float exponentiate(MemorySegment data, long base, int count, float max) {
        FloatVector sums = FloatVector.zero(Lanes.FLOATS);
        int bound = Lanes.bound(count);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            FloatVector value = Exponential.exp(Lanes.load(data, base + 4L * i).sub(max));
            Lanes.store(value, data, base + 4L * i);
            sums = sums.add(value);
        }
        float sum = Lanes.sum(sums);
        for (int i = bound; i < count; i++) {
            float value = (float) Math.exp(data.get(JAVA_FLOAT_UNALIGNED, base + 4L * i) - max);
            data.set(JAVA_FLOAT_UNALIGNED, base + 4L * i, value);
            sum += value;
        }
        return sum;
    }

    static void scale(MemorySegment data, long base, int count, float factor) {
        int bound = Lanes.bound(count);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            Lanes.store(Lanes.load(data, base + 4L * i).mul(factor), data, base + 4L * i);
        }
        for (int i = bound; i < count; i++) {
            data.set(JAVA_FLOAT_UNALIGNED, base + 4L * i, data.get(JAVA_FLOAT_UNALIGNED, base + 4L * i) * factor);
        }
    }
}
