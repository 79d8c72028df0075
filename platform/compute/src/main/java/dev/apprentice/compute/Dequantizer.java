package dev.apprentice.compute;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Reads any {@link DataType} as float32, one row at a time. */
public final class Dequantizer {
    private Dequantizer() {}

    /** All of the matrix as float32. */
    public static Tensor toTensor(Arena arena, Matrix matrix) {
        Tensor result = Tensor.allocate(arena, matrix.rows(), matrix.columns());
        float[] row = new float[matrix.columns()];
        for (int i = 0; i < matrix.rows(); i++) {
            row(matrix, i, row);
            MemorySegment.copy(row, 0, result.rows(i, 1).data(), JAVA_FLOAT_UNALIGNED, 0, row.length);
        }
        return result;
    }

    /** One row of the matrix as float32, into the first {@code columns} elements of target. */
    public static void row(Matrix matrix, int index, float[] target) {
        MemorySegment row = matrix.row(index);
        switch (matrix.type()) {
            case F32 -> MemorySegment.copy(row, JAVA_FLOAT_UNALIGNED, 0, target, 0, matrix.columns());
            case BF16 -> {
                for (int j = 0; j < matrix.columns(); j++) {
                    target[j] = BFloat16.toFloat(row.get(JAVA_SHORT_UNALIGNED, 2L * j));
                }
            }
            case Q8_0 -> {
                for (int j = 0; j < matrix.columns(); j++) {
                    long block = j / 32 * 34L;
                    target[j] = row.get(JAVA_BYTE, block + 2 + j % 32) * scale(row, block);
                }
            }
            case Q4_0 -> {
                for (int j = 0; j < matrix.columns(); j++) {
                    long block = j / 32 * 18L;
                    int pair = row.get(JAVA_BYTE, block + 2 + j % 16);
                    int nibble = j % 32 < 16 ? pair & 15 : pair >> 4 & 15;
                    target[j] = (nibble - 8) * scale(row, block);
                }
            }
        }
    }

    private static float scale(MemorySegment row, long block) {
        return Float.float16ToFloat(row.get(JAVA_SHORT_UNALIGNED, block));
    }
}
