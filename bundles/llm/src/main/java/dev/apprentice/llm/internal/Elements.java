package dev.apprentice.llm.internal;

import dev.apprentice.compute.Dequantizer;
import dev.apprentice.compute.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Numbers of files and weights as float32. */
final class Elements {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

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

    /** The row of a matrix as float32, from a float offset of {@code target} on. */
    static void decode(Matrix matrix, int index, MemorySegment target, long offset) {
        float[] values = new float[matrix.columns()];
        Dequantizer.row(matrix, index, values);
        MemorySegment.copy(values, 0, target, ValueLayout.JAVA_FLOAT, 4 * offset, values.length);
    }
}
