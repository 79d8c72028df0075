package dev.apprentice.compute;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/** Decodes the blocks of 256 elements that ggml calls k-quants. */
final class KBlocks {
    private KBlocks() {}

    static void decodeQ4(MemorySegment row, long block, float[] target, int at) {
        for (int run = 0; run < 8; run++) {
            long nibbles = block + 16 + run / 2 * 32L;
            float scale = Dequantizer.half(row, block) * scale(row, block + 4, run);
            float least = Dequantizer.half(row, block + 2) * least(row, block + 4, run);
            for (int j = 0; j < 32; j++) {
                target[at + 32 * run + j] = scale * nibble(row, nibbles + j, run & 1) - least;
            }
        }
    }

    static void decodeQ5(MemorySegment row, long block, float[] target, int at) {
        for (int run = 0; run < 8; run++) {
            long nibbles = block + 48 + run / 2 * 32L;
            float scale = Dequantizer.half(row, block) * scale(row, block + 4, run);
            float least = Dequantizer.half(row, block + 2) * least(row, block + 4, run);
            for (int j = 0; j < 32; j++) {
                int fifth = row.get(JAVA_BYTE, block + 16 + j) >> run & 1;
                target[at + 32 * run + j] = scale * (nibble(row, nibbles + j, run & 1) + 16 * fifth) - least;
            }
        }
    }

    static void decodeQ6(MemorySegment row, long block, float[] target, int at) {
        float d = Dequantizer.half(row, block + 208);
        for (int run = 0; run < 8; run++) {
            int half = run / 4;
            int quarter = run % 4;
            long nibbles = block + 64L * half + 32L * (quarter & 1);
            long pairs = block + 128 + 32L * half;
            for (int j = 0; j < 32; j++) {
                int low = nibble(row, nibbles + j, quarter >> 1);
                int high = row.get(JAVA_BYTE, pairs + j) >> 2 * quarter & 3;
                float scale = d * row.get(JAVA_BYTE, block + 192 + 8L * half + 2L * quarter + j / 16);
                target[at + 32 * run + j] = scale * ((low | high << 4) - 32);
            }
        }
    }

    /** The 6-bit scale of a run: the first four lie in the low bits of bytes 0 to 3, the others are split. */
    private static int scale(MemorySegment row, long bytes, int run) {
        return run < 4
                ? row.get(JAVA_BYTE, bytes + run) & 63
                : row.get(JAVA_BYTE, bytes + run + 4) & 15 | (row.get(JAVA_BYTE, bytes + run - 4) >> 6 & 3) << 4;
    }

    /** The 6-bit minimum of a run, likewise. */
    private static int least(MemorySegment row, long bytes, int run) {
        return run < 4
                ? row.get(JAVA_BYTE, bytes + run + 4) & 63
                : row.get(JAVA_BYTE, bytes + run + 4) >> 4 & 15 | (row.get(JAVA_BYTE, bytes + run) >> 6 & 3) << 4;
    }

    private static int nibble(MemorySegment row, long offset, int which) {
        return row.get(JAVA_BYTE, offset) >> 4 * which & 15;
    }
}
