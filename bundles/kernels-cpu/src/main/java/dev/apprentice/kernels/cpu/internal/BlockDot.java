package dev.apprentice.kernels.cpu.internal;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;

/** Inner products of a quantised row and floats that never write the row's floats to memory. */
final class BlockDot {
    private static final int PARTS = Lanes.BYTES.length() / Lanes.COUNT;

    private BlockDot() {}

    static float q8(MemorySegment row, long offset, float[] x, int count) {
        FloatVector sum = FloatVector.zero(Lanes.FLOATS);
        long block = offset;
        for (int from = 0; from < count; from += 32) {
            FloatVector part = FloatVector.zero(Lanes.FLOATS);
            for (int i = 0; i < 32; i += Lanes.BYTES.length()) {
                ByteVector bytes = ByteVector.fromMemorySegment(Lanes.BYTES, row, block + 2 + i, Lanes.ORDER);
                for (int p = 0; p < PARTS; p++) {
                    FloatVector q = (FloatVector) bytes.convertShape(VectorOperators.B2F, Lanes.FLOATS, p);
                    part = q.fma(FloatVector.fromArray(Lanes.FLOATS, x, from + i + p * Lanes.COUNT), part);
                }
            }
            sum = part.fma(scale(row, block), sum);
            block += 34;
        }
        return Lanes.sum(sum);
    }

    static float q4(MemorySegment row, long offset, float[] x, int count) {
        FloatVector sum = FloatVector.zero(Lanes.FLOATS);
        long block = offset;
        for (int from = 0; from < count; from += 32) {
            FloatVector part = FloatVector.zero(Lanes.FLOATS);
            for (int i = 0; i < 16; i += Lanes.BYTES.length()) {
                ByteVector pairs = ByteVector.fromMemorySegment(Lanes.BYTES, row, block + 2 + i, Lanes.ORDER);
                for (int p = 0; p < PARTS; p++) {
                    Vector<Integer> wide = pairs.convertShape(VectorOperators.ZERO_EXTEND_B2I, Lanes.INTS, p);
                    int at = from + i + p * Lanes.COUNT;
                    part = nibbles(wide.lanewise(VectorOperators.AND, 15))
                            .fma(FloatVector.fromArray(Lanes.FLOATS, x, at), part);
                    part = nibbles(wide.lanewise(VectorOperators.LSHR, 4))
                            .fma(FloatVector.fromArray(Lanes.FLOATS, x, at + 16), part);
                }
            }
            sum = part.fma(scale(row, block), sum);
            block += 18;
        }
        return Lanes.sum(sum);
    }

    private static FloatVector nibbles(Vector<Integer> values) {
        return (FloatVector) ((IntVector) values).sub(8).convert(VectorOperators.I2F, 0);
    }

    private static FloatVector scale(MemorySegment row, long block) {
        return FloatVector.broadcast(Lanes.FLOATS, Float.float16ToFloat(row.get(JAVA_SHORT_UNALIGNED, block)));
    }
}
