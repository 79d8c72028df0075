package dev.apprentice.compute;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/** Rounds 256 elements at a time to the blocks that ggml calls k-quants. */
final class KQuantizer {
    private KQuantizer() {}

    static void encodeQ4(float[] row, int from, MemorySegment target, long block) {
        int[] quanta = asymmetric(row, from, 15, target, block);
        for (int i = 0; i < 128; i++) {
            target.set(JAVA_BYTE, block + 16 + i, pair(quanta, i));
        }
    }

    static void encodeQ5(float[] row, int from, MemorySegment target, long block) {
        int[] quanta = asymmetric(row, from, 31, target, block);
        for (int j = 0; j < 32; j++) {
            int bits = 0;
            for (int run = 0; run < 8; run++) {
                bits |= (quanta[32 * run + j] >> 4) << run;
            }
            target.set(JAVA_BYTE, block + 16 + j, (byte) bits);
        }
        for (int i = 0; i < 128; i++) {
            target.set(JAVA_BYTE, block + 48 + i, pair(quanta, i));
        }
    }

    static void encodeQ6(float[] row, int from, MemorySegment target, long block) {
        float[] wanted = new float[16];
        for (int run = 0; run < 16; run++) {
            wanted[run] = Quantizer.extreme(row, from + 16 * run, 16) / -32;
        }
        float d = Quantizer.writeScale(Quantizer.extreme(wanted, 0, 16) / -128, row, from, 256, target, block + 208);
        int[] quanta = new int[256];
        for (int run = 0; run < 16; run++) {
            int scale = Quantizer.steps(wanted[run], d, -128, 127);
            target.set(JAVA_BYTE, block + 192 + run, (byte) scale);
            for (int j = 16 * run; j < 16 * run + 16; j++) {
                quanta[j] = Quantizer.steps(row[from + j], d * scale, -32, 31) + 32;
            }
        }
        for (int half = 0; half < 2; half++) {
            for (int j = 0; j < 64; j++) { // the bytes of the first 64 elements' low nibbles hold the next 64 above
                int low = quanta[128 * half + j] & 15;
                int high = quanta[128 * half + 64 + j] & 15;
                target.set(JAVA_BYTE, block + 64L * half + j, (byte) (low | high << 4));
            }
            for (int j = 0; j < 32; j++) {
                int bits = 0;
                for (int quarter = 0; quarter < 4; quarter++) {
                    bits |= (quanta[128 * half + 32 * quarter + j] >> 4) << 2 * quarter;
                }
                target.set(JAVA_BYTE, block + 128 + 32L * half + j, (byte) bits);
            }
        }
    }

    /** Writes d, dmin and the eight runs' scales and minima, and returns the 256 quanta of 0 to {@code most}. */
    private static int[] asymmetric(float[] row, int from, int most, MemorySegment target, long block) {
        float[] scales = new float[8];
        float[] minima = new float[8];
        for (int run = 0; run < 8; run++) {
            minima[run] = -Math.min(0, Quantizer.least(row, from + 32 * run, 32));
            scales[run] = Math.max(0, Quantizer.most(row, from + 32 * run, 32) + minima[run]) / most;
        }
        float d = Quantizer.writeScale(Quantizer.most(scales, 0, 8) / 63, row, from, 256, target, block);
        float dmin = Quantizer.writeScale(Quantizer.most(minima, 0, 8) / 63, row, from, 256, target, block + 2);
        int[] quanta = new int[256];
        byte[] packed = new byte[12];
        for (int run = 0; run < 8; run++) {
            int scale = Quantizer.steps(scales[run], d, 0, 63);
            int least = Quantizer.steps(minima[run], dmin, 0, 63);
            if (run < 4) {
                packed[run] |= (byte) scale;
                packed[run + 4] |= (byte) least;
            } else {
                packed[run + 4] |= (byte) (scale & 15 | (least & 15) << 4);
                packed[run - 4] |= (byte) (scale >> 4 << 6);
                packed[run] |= (byte) (least >> 4 << 6);
            }
            for (int j = 32 * run; j < 32 * run + 32; j++) {
                quanta[j] = Quantizer.steps(row[from + j] + dmin * least, d * scale, 0, most);
            }
        }
        MemorySegment.copy(packed, 0, target, JAVA_BYTE, block + 4, packed.length);
        return quanta;
    }

    /** Byte i of the nibbles: of each 64 elements the first 32 lie low, the others high. */
    private static byte pair(int[] quanta, int i) {
        int low = i / 32 * 64 + i % 32;
        return (byte) (quanta[low] & 15 | (quanta[low + 32] & 15) << 4);
    }
}
