package dev.apprentice.kernels.cpu.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.apprentice.compute.RotaryTable;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Rotary position embedding (arXiv 2104.09864) of one row, in place. */
final class Rotary {
    private Rotary() {}

    /** @param direction 1 turns by the angle of the position, −1 turns back */
    static void turn(RotaryTable table, int position, Tensor x, int row, float direction) {
        int half = table.headDim() / 2;
        MemorySegment data = x.data();
        long angles = 4L * position * half;
        for (int head = 0; head < x.columns(); head += table.headDim()) {
            long first = 4L * ((long) row * x.columns() + head);
            turnHead(table, angles, half, data, first, first + 4L * half, direction);
        }
    }

    private static void turnHead(
            RotaryTable table, long angles, int half, MemorySegment data, long first, long second, float direction) {
        MemorySegment cosines = table.cosines();
        MemorySegment sines = table.sines();
        int bound = Lanes.bound(half);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            long at = 4L * i;
            FloatVector cosine = Lanes.load(cosines, angles + at);
            FloatVector sine = Lanes.load(sines, angles + at).mul(direction);
            FloatVector a = Lanes.load(data, first + at);
            FloatVector b = Lanes.load(data, second + at);
            Lanes.store(a.mul(cosine).sub(b.mul(sine)), data, first + at);
            Lanes.store(b.mul(cosine).add(a.mul(sine)), data, second + at);
        }
        for (int i = bound; i < half; i++) {
            long at = 4L * i;
            float cosine = cosines.get(JAVA_FLOAT_UNALIGNED, angles + at);
            float sine = direction * sines.get(JAVA_FLOAT_UNALIGNED, angles + at);
            float a = data.get(JAVA_FLOAT_UNALIGNED, first + at);
            float b = data.get(JAVA_FLOAT_UNALIGNED, second + at);
            data.set(JAVA_FLOAT_UNALIGNED, first + at, a * cosine - b * sine);
            data.set(JAVA_FLOAT_UNALIGNED, second + at, b * cosine + a * sine);
        }
    }
}
