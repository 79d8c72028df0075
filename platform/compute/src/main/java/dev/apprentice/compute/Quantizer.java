package dev.apprentice.compute;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Stores a matrix in another {@link DataType}, rounding each element to the nearest value that the type can hold. */
public final class Quantizer {
    private Quantizer() {}

    /**
     * A copy of the matrix in the given type, that lives as long as the arena.
     *
     * @throws IllegalArgumentException if the rows are no whole blocks, or a float16 or a block with such a scale would hold NaN,
     *     infinity or a value out of its range
     */
    public static Matrix convert(Arena arena, Matrix source, DataType type) {
        long rowBytes = type.rowBytes(source.columns());
        Matrix result = new Matrix(type, source.rows(), source.columns(), arena.allocate(source.rows() * rowBytes, 64));
        float[] row = new float[source.columns()];
        for (int i = 0; i < source.rows(); i++) {
            Dequantizer.row(source, i, row);
            try {
                write(row, type, result.row(i));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("Row " + i + ", " + e.getMessage(), e);
            }
        }
        return result;
    }

    /**
     * Stores one row.
     *
     * @param target exactly {@code type.rowBytes(row.length)} bytes
     * @throws IllegalArgumentException as {@link #convert}
     */
    public static void write(float[] row, DataType type, MemorySegment target) {
        for (int at = 0; at < row.length; at += type.blockElements()) {
            long block = (long) at / type.blockElements() * type.blockBytes();
            switch (type) {
                case F32 -> target.set(JAVA_FLOAT_UNALIGNED, block, row[at]);
                case F16 -> writeScale(row[at], row, at, 1, target, block);
                case BF16 -> target.set(JAVA_SHORT_UNALIGNED, block, BFloat16.fromFloat(row[at]));
                case Q8_0 -> writeQ8(row, at, target, block);
                case Q4_0 -> {
                    // The element farthest from zero becomes −8, the end of the range that has one step more.
                    float step = writeScale(extreme(row, at, 32) / -8, row, at, 32, target, block);
                    nibbles(row, at, step, 0, 8, target, block + 2);
                }
                case Q4_1 -> {
                    float least = least(row, at, 32);
                    float step = writeScale((most(row, at, 32) - least) / 15, row, at, 32, target, block);
                    nibbles(row, at, step, writeScale(least, row, at, 32, target, block + 2), 0, target, block + 4);
                }
                case Q4_K -> KQuantizer.encodeQ4(row, at, target, block);
                case Q5_K -> KQuantizer.encodeQ5(row, at, target, block);
                case Q6_K -> KQuantizer.encodeQ6(row, at, target, block);
                case Q4_G128 -> writeG128(row, at, target, block);
            }
        }
    }

    private static void writeQ8(float[] row, int from, MemorySegment target, long block) {
        float step = writeScale(extreme(row, from, 32) / -127, row, from, 32, target, block);
        for (int j = 0; j < 32; j++) {
            target.set(JAVA_BYTE, block + 2 + j, (byte) steps(row[from + j], step, -127, 127));
        }
    }

    private static void writeG128(float[] row, int from, MemorySegment target, long block) {
        float least = Math.min(0, least(row, from, 128)); // zero itself stays exact
        float most = Math.max(0, most(row, from, 128));
        float step = writeScale((most - least) / 15, row, from, 128, target, block);
        int zero = steps(-least, step, 0, 15);
        target.set(JAVA_SHORT_UNALIGNED, block + 2, (short) zero);
        for (int run = 0; run < 4; run++) {
            nibbles(row, from + 32 * run, step, 0, zero, target, block + 4 + 16L * run);
        }
    }

    /** 32 elements into 16 bytes: q = (value − least) / step + zero. */
    private static void nibbles(
            float[] row, int from, float step, float least, int zero, MemorySegment target, long offset) {
        for (int j = 0; j < 16; j++) {
            int low = steps(row[from + j] - least, step, -zero, 15 - zero) + zero;
            int high = steps(row[from + j + 16] - least, step, -zero, 15 - zero) + zero;
            target.set(JAVA_BYTE, offset + j, (byte) (low | high << 4));
        }
    }

    static int steps(float value, float step, int least, int most) {
        return step == 0 ? 0 : Math.clamp(Math.round(value / step), least, most);
    }

    /** The element farthest from zero, or NaN if there is one. */
    static float extreme(float[] row, int from, int count) {
        float extreme = 0;
        for (int j = from; j < from + count; j++) {
            if (!(Math.abs(row[j]) <= Math.abs(extreme))) {
                extreme = row[j];
            }
            if (Float.isNaN(extreme)) {
                break;
            }
        }
        return extreme;
    }

    static float least(float[] row, int from, int count) {
        float least = row[from];
        for (int j = from + 1; j < from + count; j++) {
            least = Math.min(least, row[j]);
        }
        return least;
    }

    static float most(float[] row, int from, int count) {
        float most = row[from];
        for (int j = from + 1; j < from + count; j++) {
            most = Math.max(most, row[j]);
        }
        return most;
    }

    /** Writes a scale as float16 and returns what it has become. */
    static float writeScale(float scale, float[] row, int from, int count, MemorySegment target, long offset) {
        short bits = Float.floatToFloat16(scale);
        float rounded = Float.float16ToFloat(bits);
        if (!Float.isFinite(rounded)) {
            throw new IllegalArgumentException("columns " + from + " to " + (from + count - 1)
                    + " cannot be quantised, the element farthest from zero is " + extreme(row, from, count)
                    + ": keep this matrix in F32 or BF16, or mend the model file");
        }
        target.set(JAVA_SHORT_UNALIGNED, offset, bits);
        return rounded;
    }
}
