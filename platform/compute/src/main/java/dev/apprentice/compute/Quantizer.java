package dev.apprentice.compute;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Stores a matrix in another {@link DataType}, rounding each element to the nearest value that the type can hold. */
public final class Quantizer {
    private static final int BLOCK = 32;

    private Quantizer() {}

    /**
     * A copy of the matrix in the given type, that lives as long as the arena.
     *
     * @throws IllegalArgumentException if the rows are no whole blocks, or a block holds NaN, infinity or a value above the
     *     range of its float16 scale
     */
    public static Matrix convert(Arena arena, Matrix source, DataType type) {
        long rowBytes = type.rowBytes(source.columns());
        Matrix result = new Matrix(type, source.rows(), source.columns(), arena.allocate(source.rows() * rowBytes, 64));
        float[] row = new float[source.columns()];
        for (int i = 0; i < source.rows(); i++) {
            Dequantizer.row(source, i, row);
            write(row, type, result.row(i), i);
        }
        return result;
    }

    private static void write(float[] row, DataType type, MemorySegment target, int index) {
        switch (type) {
            case F32 -> MemorySegment.copy(row, 0, target, JAVA_FLOAT_UNALIGNED, 0, row.length);
            case BF16 -> {
                for (int j = 0; j < row.length; j++) {
                    target.set(JAVA_SHORT_UNALIGNED, 2L * j, BFloat16.fromFloat(row[j]));
                }
            }
            case Q8_0 -> {
                for (int j = 0; j < row.length; j += BLOCK) {
                    writeQ8(row, j, target, j / BLOCK * 34L, index);
                }
            }
            case Q4_0 -> {
                for (int j = 0; j < row.length; j += BLOCK) {
                    writeQ4(row, j, target, j / BLOCK * 18L, index);
                }
            }
        }
    }

    private static void writeQ8(float[] row, int from, MemorySegment target, long offset, int index) {
        short scale = scale(extreme(row, from) / -127, row, from, index);
        float step = Float.float16ToFloat(scale);
        target.set(JAVA_SHORT_UNALIGNED, offset, scale);
        for (int j = 0; j < BLOCK; j++) {
            target.set(JAVA_BYTE, offset + 2 + j, (byte) steps(row[from + j], step, -127, 127));
        }
    }

    private static void writeQ4(float[] row, int from, MemorySegment target, long offset, int index) {
        // The element farthest from zero becomes −8, the end of the range that has one step more.
        short scale = scale(extreme(row, from) / -8, row, from, index);
        float step = Float.float16ToFloat(scale);
        target.set(JAVA_SHORT_UNALIGNED, offset, scale);
        for (int j = 0; j < BLOCK / 2; j++) {
            int low = steps(row[from + j], step, -8, 7) + 8;
            int high = steps(row[from + j + BLOCK / 2], step, -8, 7) + 8;
            target.set(JAVA_BYTE, offset + 2 + j, (byte) (low | high << 4));
        }
    }

    private static int steps(float value, float step, int least, int most) {
        return step == 0 ? 0 : Math.clamp(Math.round(value / step), least, most);
    }

    private static float extreme(float[] row, int from) {
        float extreme = 0;
        for (int j = from; j < from + BLOCK; j++) {
            if (!(Math.abs(row[j]) <= Math.abs(extreme))) {
                extreme = row[j];
            }
            if (Float.isNaN(extreme)) {
                break;
            }
        }
        return extreme;
    }

    private static short scale(float step, float[] row, int from, int index) {
        short scale = Float.floatToFloat16(step);
        if (!Float.isFinite(Float.float16ToFloat(scale))) {
            throw new IllegalArgumentException("Row " + index + ", columns " + from + " to " + (from + BLOCK - 1)
                    + " cannot be quantised, the element farthest from zero is " + extreme(row, from)
                    + ": keep this matrix in F32 or BF16, or mend the model file");
        }
        return scale;
    }
}
