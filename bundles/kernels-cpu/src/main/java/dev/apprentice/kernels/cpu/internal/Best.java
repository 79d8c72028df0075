package dev.apprentice.kernels.cpu.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** The index of the largest logit of a row, the lowest on a tie. */
final class Best {
    private Best() {}

    static int run(Tensor logits, int row) {
        MemorySegment data = logits.data();
        int columns = logits.columns();
        long base = 4L * row * columns;
        float max = Softmax.max(data, base, columns);
        int bound = Float.isNaN(max) ? 0 : Lanes.bound(columns);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            VectorMask<Float> equal = Lanes.load(data, base + 4L * i).compare(VectorOperators.EQ, max);
            if (equal.anyTrue()) {
                return i + equal.firstTrue();
            }
        }
        int best = bound == columns ? 0 : bound;
        for (int i = best + 1; i < columns; i++) {
            if (at(data, base, i) > at(data, base, best)) {
                best = i;
            }
        }
        return best;
    }

    private static float at(MemorySegment data, long base, int index) {
        return data.get(JAVA_FLOAT_UNALIGNED, base + 4L * index);
    }
}
