package dev.apprentice.compute;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Reads any {@link DataType} as float32, one row at a time. */
public final class Dequantizer {
    /** What leaves every number as it is when added, even a negative zero. */
    private static final float NOTHING = -0f;

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
        DataType type = matrix.type();
        for (int at = 0; at < matrix.columns(); at += type.blockElements()) {
            long block = (long) at / type.blockElements() * type.blockBytes();
            switch (type) {
                case F32 -> target[at] = row.get(JAVA_FLOAT_UNALIGNED, block);
                case F16 -> target[at] = half(row, block);
                case BF16 -> target[at] = BFloat16.toFloat(row.get(JAVA_SHORT_UNALIGNED, block));
                case Q8_0 -> {
                    float scale = half(row, block);
                    for (int j = 0; j < 32; j++) {
                        target[at + j] = row.get(JAVA_BYTE, block + 2 + j) * scale;
                    }
                }
                case Q4_0 -> nibbles(row, block + 2, -8, half(row, block), NOTHING, target, at);
                case Q4_1 -> nibbles(row, block + 4, 0, half(row, block), half(row, block + 2), target, at);
                case Q4_K -> KBlocks.decodeQ4(row, block, target, at);
                case Q5_K -> KBlocks.decodeQ5(row, block, target, at);
                case Q6_K -> KBlocks.decodeQ6(row, block, target, at);
                case Q4_G128 -> {
                    int zero = row.get(JAVA_SHORT_UNALIGNED, block + 2);
                    for (int run = 0; run < 4; run++) {
                        nibbles(row, block + 4 + 16L * run, -zero, half(row, block), NOTHING, target, at + 32 * run);
                    }
                }
            }
        }
    }

    /** 32 elements of 16 bytes: (q + zero) · scale + least. */
    private static void nibbles(
            MemorySegment row, long offset, int zero, float scale, float least, float[] target, int at) {
        for (int j = 0; j < 16; j++) {
            int pair = row.get(JAVA_BYTE, offset + j);
            target[at + j] = ((pair & 15) + zero) * scale + least;
            target[at + j + 16] = ((pair >> 4 & 15) + zero) * scale + least;
        }
    }

    static float half(MemorySegment row, long offset) {
        return Float.float16ToFloat(row.get(JAVA_SHORT_UNALIGNED, offset));
    }
}
