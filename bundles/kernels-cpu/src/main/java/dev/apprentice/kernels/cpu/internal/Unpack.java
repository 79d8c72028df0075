package dev.apprentice.kernels.cpu.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.apprentice.compute.BFloat16;
import dev.apprentice.compute.DataType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;

/** Turns stored numbers of any type into floats. */
final class Unpack {
    private static final int PARTS = Lanes.BYTES.length() / Lanes.COUNT;

    /** What leaves every number as it is when added, even a negative zero. */
    private static final float NOTHING = -0f;

    private Unpack() {}

    /**
     * Writes {@code count} elements of a row to {@code target[at…]}; from and count are whole blocks of the type, or multiples of 32
     * where its blocks are longer.
     *
     * @param row offset of the row in bytes
     */
    static void run(DataType type, MemorySegment data, long row, int from, int count, float[] target, int at) {
        switch (type) {
            case F32 -> floats(data, row + 4L * from, count, target, at);
            case F16 -> float16(data, row + 2L * from, count, target, at);
            case BF16 -> bfloat16(data, row + 2L * from, count, target, at);
            case Q8_0 -> {
                for (int i = 0; i < count; i += 32) {
                    blockQ8(data, row + (from + i) / 32 * 34L, target, at + i);
                }
            }
            case Q4_0 -> {
                for (int i = 0; i < count; i += 32) {
                    long block = row + (from + i) / 32 * 18L;
                    nibbles(data, block + 2, 8, half(data, block), NOTHING, target, at + i);
                }
            }
            case Q4_1 -> {
                for (int i = 0; i < count; i += 32) {
                    long block = row + (from + i) / 32 * 20L;
                    nibbles(data, block + 4, 0, half(data, block), half(data, block + 2), target, at + i);
                }
            }
            case Q4_G128 -> {
                for (int i = 0; i < count; i += 32) {
                    long block = row + (from + i) / 128 * 68L;
                    int zero = data.get(JAVA_SHORT_UNALIGNED, block + 2);
                    long bytes = block + 4 + (from + i) % 128 / 2;
                    nibbles(data, bytes, zero, half(data, block), NOTHING, target, at + i);
                }
            }
            case Q4_K, Q5_K, Q6_K -> {
                for (int i = 0; i < count; i += 32) {
                    UnpackRun.run(type, data, row, from + i, target, at + i);
                }
            }
        }
    }

    private static void floats(MemorySegment data, long offset, int count, float[] target, int at) {
        int bound = Lanes.bound(count);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            Lanes.load(data, offset + 4L * i).intoArray(target, at + i);
        }
        for (int i = bound; i < count; i++) {
            target[at + i] = data.get(JAVA_FLOAT_UNALIGNED, offset + 4L * i);
        }
    }

    private static void float16(MemorySegment data, long offset, int count, float[] target, int at) {
        // the compiler turns this loop into the processor's own conversion, for which the Vector API has no name
        for (int i = 0; i < count; i++) {
            target[at + i] = Float.float16ToFloat(data.get(JAVA_SHORT_UNALIGNED, offset + 2L * i));
        }
    }

    private static void bfloat16(MemorySegment data, long offset, int count, float[] target, int at) {
        int bound = Lanes.bound(count);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            ShortVector.fromMemorySegment(Lanes.SHORTS, data, offset + 2L * i, Lanes.ORDER)
                    .convertShape(VectorOperators.ZERO_EXTEND_S2I, Lanes.INTS, 0)
                    .lanewise(VectorOperators.LSHL, 16)
                    .reinterpretAsFloats()
                    .intoArray(target, at + i);
        }
        for (int i = bound; i < count; i++) {
            target[at + i] = BFloat16.toFloat(data.get(JAVA_SHORT_UNALIGNED, offset + 2L * i));
        }
    }

    private static void blockQ8(MemorySegment data, long offset, float[] target, int at) {
        float scale = half(data, offset);
        for (int i = 0; i < 32; i += Lanes.BYTES.length()) {
            ByteVector bytes = ByteVector.fromMemorySegment(Lanes.BYTES, data, offset + 2 + i, Lanes.ORDER);
            widen(bytes, scale, target, at + i);
        }
    }

    /** 32 elements of 16 bytes: (q − zero) · scale + least. */
    private static void nibbles(
            MemorySegment data, long offset, int zero, float scale, float least, float[] target, int at) {
        for (int i = 0; i < 16; i += Lanes.BYTES.length()) {
            ByteVector pairs = ByteVector.fromMemorySegment(Lanes.BYTES, data, offset + i, Lanes.ORDER);
            for (int part = 0; part < PARTS; part++) {
                // as ints, because processors shift no bytes
                Vector<Integer> wide = pairs.convertShape(VectorOperators.ZERO_EXTEND_B2I, Lanes.INTS, part);
                int to = at + i + part * Lanes.COUNT;
                scaled((IntVector) wide.lanewise(VectorOperators.AND, 15), zero, scale, least)
                        .intoArray(target, to);
                scaled((IntVector) wide.lanewise(VectorOperators.LSHR, 4), zero, scale, least)
                        .intoArray(target, to + 16);
            }
        }
    }

    private static FloatVector scaled(IntVector values, int zero, float scale, float least) {
        return ((FloatVector) values.sub(zero).convert(VectorOperators.I2F, 0))
                .mul(scale)
                .add(least);
    }

    static float half(MemorySegment data, long offset) {
        return Float.float16ToFloat(data.get(JAVA_SHORT_UNALIGNED, offset));
    }

    private static void widen(ByteVector bytes, float scale, float[] target, int at) {
        for (int part = 0; part < PARTS; part++) {
            FloatVector floats = (FloatVector) bytes.convertShape(VectorOperators.B2F, Lanes.FLOATS, part);
            floats.mul(scale).intoArray(target, at + part * Lanes.COUNT);
        }
    }
}
