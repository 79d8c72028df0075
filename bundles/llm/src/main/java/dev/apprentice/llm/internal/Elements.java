package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Numbers from one representation to another: what files hold to float32, float32 to weight types and back. */
final class Elements {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int BLOCK = 32;

    private Elements() {}

    /** Elements of a file as float32, {@code values.length} of them from element {@code from}. */
    static void read(SafeTensors.Entry entry, long from, float[] values) {
        MemorySegment part = entry.data()
                .asSlice(
                        from * entry.type().bytes(),
                        (long) values.length * entry.type().bytes());
        switch (entry.type()) {
            case F32 -> MemorySegment.copy(part, FLOAT, 0, values, 0, values.length);
            case F16 -> {
                short[] halves = part.toArray(SHORT);
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.float16ToFloat(halves[i]);
                }
            }
            case BF16 -> {
                short[] halves = part.toArray(SHORT);
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.intBitsToFloat(halves[i] << 16);
                }
            }
            case I32 -> {
                int[] integers = part.toArray(INT);
                for (int i = 0; i < values.length; i++) {
                    values[i] = integers[i];
                }
            }
        }
    }

    /** Rounds a row to a type. */
    static void encode(float[] values, DataType type, MemorySegment row) {
        switch (type) {
            case F32 -> MemorySegment.copy(values, 0, row, ValueLayout.JAVA_FLOAT, 0, values.length);
            case BF16 -> encodeBf16(values, row);
            case Q8_0 -> encodeQ8(values, row);
            case Q4_0 -> encodeQ4(values, row);
        }
    }

    /** The row of a matrix as float32, appended at a float offset of {@code target}. */
    static void decode(Matrix matrix, int index, MemorySegment target, long offset) {
        MemorySegment row = matrix.row(index);
        for (int i = 0; i < matrix.columns(); i++) {
            target.setAtIndex(ValueLayout.JAVA_FLOAT, offset + i, element(matrix.type(), row, i));
        }
    }

    private static float element(DataType type, MemorySegment row, int i) {
        long block = (long) (i / BLOCK) * type.blockBytes();
        return switch (type) {
            case F32 -> row.get(FLOAT, 4L * i);
            case BF16 -> Float.intBitsToFloat(row.get(SHORT, 2L * i) << 16);
            case Q8_0 ->
                Float.float16ToFloat(row.get(SHORT, block)) * row.get(ValueLayout.JAVA_BYTE, block + 2 + i % BLOCK);
            case Q4_0 -> {
                int pair = row.get(ValueLayout.JAVA_BYTE, block + 2 + i % (BLOCK / 2));
                int quantum = i % BLOCK < BLOCK / 2 ? pair & 15 : pair >> 4 & 15;
                yield Float.float16ToFloat(row.get(SHORT, block)) * (quantum - 8);
            }
        };
    }

    /** Round to nearest, ties to even; the values are finite. */
    private static void encodeBf16(float[] values, MemorySegment row) {
        short[] halves = new short[values.length];
        for (int i = 0; i < values.length; i++) {
            int bits = Float.floatToRawIntBits(values[i]);
            halves[i] = (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
        }
        MemorySegment.copy(halves, 0, row, SHORT, 0, halves.length);
    }

    private static void encodeQ8(float[] values, MemorySegment row) {
        for (int start = 0, at = 0; start < values.length; start += BLOCK, at += DataType.Q8_0.blockBytes()) {
            short scale = Float.floatToFloat16(Math.abs(largest(values, start)) / 127);
            row.set(SHORT, at, scale);
            float inverse = inverse(scale);
            for (int i = 0; i < BLOCK; i++) {
                int quantum = Math.clamp(Math.round(values[start + i] * inverse), -127, 127);
                row.set(ValueLayout.JAVA_BYTE, at + 2L + i, (byte) quantum);
            }
        }
    }

    private static void encodeQ4(float[] values, MemorySegment row) {
        for (int start = 0, at = 0; start < values.length; start += BLOCK, at += DataType.Q4_0.blockBytes()) {
            // the largest element gets the one quantum, −8, that has no counterpart of the other sign
            short scale = Float.floatToFloat16(largest(values, start) / -8);
            row.set(SHORT, at, scale);
            float inverse = inverse(scale);
            for (int i = 0; i < BLOCK / 2; i++) {
                int low = Math.clamp(Math.round(values[start + i] * inverse) + 8, 0, 15);
                int high = Math.clamp(Math.round(values[start + i + BLOCK / 2] * inverse) + 8, 0, 15);
                row.set(ValueLayout.JAVA_BYTE, at + 2L + i, (byte) (high << 4 | low));
            }
        }
    }

    /** The element of a block with the largest magnitude. */
    private static float largest(float[] values, int start) {
        float largest = 0;
        for (int i = start; i < start + BLOCK; i++) {
            largest = Math.abs(values[i]) > Math.abs(largest) ? values[i] : largest;
        }
        return largest;
    }

    private static float inverse(short scale) {
        float value = Float.float16ToFloat(scale);
        return value == 0 ? 0 : 1 / value;
    }
}
