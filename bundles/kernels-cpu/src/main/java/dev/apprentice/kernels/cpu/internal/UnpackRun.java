package dev.apprentice.kernels.cpu.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.apprentice.compute.DataType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Turns one run of 32 elements of a k-quant block into floats. */
final class UnpackRun {
    private static final int BLOCK = 256;
    private static final int BYTES = Lanes.BYTES.length();
    private static final int PARTS = BYTES / Lanes.COUNT;

    private UnpackRun() {}

    /** Writes the elements {@code from … from+32} of a row; from is a multiple of 32. */
    static void run(DataType type, MemorySegment data, long row, int from, float[] target, int at) {
        long block = row + (long) from / BLOCK * type.blockBytes();
        int run = from % BLOCK / 32;
        switch (type) {
            case Q4_K -> q4(data, block, run, target, at);
            case Q5_K -> q5(data, block, run, target, at);
            case Q6_K -> q6(data, block, run, target, at);
            case F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q4_G128 ->
                throw new IllegalArgumentException(type + " has no runs within its blocks");
        }
    }

    private static void q4(MemorySegment data, long block, int run, float[] target, int at) {
        long nibbles = block + 16 + run / 2 * 32L;
        float scale = Unpack.half(data, block) * scale(data, block + 4, run);
        float least = Unpack.half(data, block + 2) * least(data, block + 4, run);
        for (int i = 0; i < 32; i += BYTES) {
            ByteVector bytes = load(data, nibbles + i);
            for (int part = 0; part < PARTS; part++) {
                IntVector quanta = bits(bytes, part, 4 * (run & 1), 15);
                floats(quanta).mul(scale).sub(least).intoArray(target, at + i + part * Lanes.COUNT);
            }
        }
    }

    private static void q5(MemorySegment data, long block, int run, float[] target, int at) {
        long nibbles = block + 48 + run / 2 * 32L;
        float scale = Unpack.half(data, block) * scale(data, block + 4, run);
        float least = Unpack.half(data, block + 2) * least(data, block + 4, run);
        for (int i = 0; i < 32; i += BYTES) {
            ByteVector bytes = load(data, nibbles + i);
            ByteVector fifth = load(data, block + 16 + i);
            for (int part = 0; part < PARTS; part++) {
                IntVector low = bits(bytes, part, 4 * (run & 1), 15);
                IntVector quanta = low.add(bits(fifth, part, run, 1).lanewise(VectorOperators.LSHL, 4));
                floats(quanta).mul(scale).sub(least).intoArray(target, at + i + part * Lanes.COUNT);
            }
        }
    }

    private static void q6(MemorySegment data, long block, int run, float[] target, int at) {
        int half = run / 4;
        int quarter = run % 4;
        long nibbles = block + 64L * half + 32L * (quarter & 1);
        long pairs = block + 128 + 32L * half;
        long scales = block + 192 + 8L * half + 2L * quarter;
        float d = Unpack.half(data, block + 208);
        for (int i = 0; i < 32; i += BYTES) {
            ByteVector bytes = load(data, nibbles + i);
            ByteVector high = load(data, pairs + i);
            float scale = d * data.get(JAVA_BYTE, scales + i / 16);
            for (int part = 0; part < PARTS; part++) {
                IntVector low = bits(bytes, part, 4 * (quarter >> 1), 15);
                IntVector quanta = low.add(bits(high, part, 2 * quarter, 3).lanewise(VectorOperators.LSHL, 4));
                floats(quanta.sub(32)).mul(scale).intoArray(target, at + i + part * Lanes.COUNT);
            }
        }
    }

    private static ByteVector load(MemorySegment data, long offset) {
        return ByteVector.fromMemorySegment(Lanes.BYTES, data, offset, Lanes.ORDER);
    }

    private static IntVector bits(ByteVector bytes, int part, int shift, int mask) {
        IntVector wide = (IntVector) bytes.convertShape(VectorOperators.ZERO_EXTEND_B2I, Lanes.INTS, part);
        return wide.lanewise(VectorOperators.LSHR, shift).and(mask);
    }

    private static FloatVector floats(IntVector values) {
        return (FloatVector) values.convert(VectorOperators.I2F, 0);
    }

    private static int scale(MemorySegment data, long bytes, int run) {
        return run < 4
                ? data.get(JAVA_BYTE, bytes + run) & 63
                : data.get(JAVA_BYTE, bytes + run + 4) & 15 | (data.get(JAVA_BYTE, bytes + run - 4) >> 6 & 3) << 4;
    }

    private static int least(MemorySegment data, long bytes, int run) {
        return run < 4
                ? data.get(JAVA_BYTE, bytes + run + 4) & 63
                : data.get(JAVA_BYTE, bytes + run + 4) >> 4 & 15 | (data.get(JAVA_BYTE, bytes + run) >> 6 & 3) << 4;
    }
}
