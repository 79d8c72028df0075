package dev.apprentice.kernels.cpu.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Inner products, in four partial sums so that one addition need not wait for the one before. */
final class Dot {
    private static final int L = Lanes.COUNT;

    private Dot() {}

    /** Σ a[i]·b[i] over count elements. */
    static float run(float[] a, int aStart, float[] b, int bStart, int count) {
        FloatVector s0 = FloatVector.zero(Lanes.FLOATS), s1 = s0, s2 = s0, s3 = s0;
        int i = 0;
        for (int bound = count & -4 * L; i < bound; i += 4 * L) {
            s0 = at(a, aStart + i).fma(at(b, bStart + i), s0);
            s1 = at(a, aStart + i + L).fma(at(b, bStart + i + L), s1);
            s2 = at(a, aStart + i + 2 * L).fma(at(b, bStart + i + 2 * L), s2);
            s3 = at(a, aStart + i + 3 * L).fma(at(b, bStart + i + 3 * L), s3);
        }
        for (int bound = Lanes.bound(count); i < bound; i += L) {
            s0 = at(a, aStart + i).fma(at(b, bStart + i), s0);
        }
        float sum = Lanes.sum(s0.add(s1).add(s2.add(s3)));
        for (; i < count; i++) {
            sum += a[aStart + i] * b[bStart + i];
        }
        return sum;
    }

    /** Σ a[i]·b[i] over count floats, those of a from a byte offset on. */
    static float run(MemorySegment a, long offset, float[] b, int bStart, int count) {
        FloatVector s0 = FloatVector.zero(Lanes.FLOATS), s1 = s0, s2 = s0, s3 = s0;
        int i = 0;
        for (int bound = count & -4 * L; i < bound; i += 4 * L) {
            s0 = Lanes.load(a, offset + 4L * i).fma(at(b, bStart + i), s0);
            s1 = Lanes.load(a, offset + 4L * (i + L)).fma(at(b, bStart + i + L), s1);
            s2 = Lanes.load(a, offset + 4L * (i + 2 * L)).fma(at(b, bStart + i + 2 * L), s2);
            s3 = Lanes.load(a, offset + 4L * (i + 3 * L)).fma(at(b, bStart + i + 3 * L), s3);
        }
        for (int bound = Lanes.bound(count); i < bound; i += L) {
            s0 = Lanes.load(a, offset + 4L * i).fma(at(b, bStart + i), s0);
        }
        float sum = Lanes.sum(s0.add(s1).add(s2.add(s3)));
        for (; i < count; i++) {
            sum += a.get(JAVA_FLOAT_UNALIGNED, offset + 4L * i) * b[bStart + i];
        }
        return sum;
    }

    private static FloatVector at(float[] array, int index) {
        return FloatVector.fromArray(Lanes.FLOATS, array, index);
    }
}
