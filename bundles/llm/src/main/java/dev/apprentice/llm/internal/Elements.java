package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Dequantizer;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Quantizer;
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
            case F16, Q4_1, Q4_K, Q5_K, Q6_K, Q4_G128 -> Quantizer.write(values, type, row);
        }
    }

    /** The row of a matrix as float32, appended at a float offset of {@code target}. */
    static void decode(Matrix matrix, int index, MemorySegment target, long offset) {
        float[] values = new float[matrix.columns()];
        Dequantizer.row(matrix, index, values);
        MemorySegment.copy(values, 0, target, ValueLayout.JAVA_FLOAT, 4 * offset, values.length);
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
