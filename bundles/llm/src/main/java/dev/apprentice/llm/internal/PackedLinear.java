package dev.apprentice.llm.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.apprentice.compute.DataType;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/**
 * One linear layer of a four-bit checkpoint, for repacking into {@link DataType#Q4_G128} without rounding.
 *
 * @param words 32-bit words of eight weights: (inputs/8, outputs) or, for AWQ, (inputs, outputs/8)
 * @param zeros likewise of eight zero points: (groups, outputs/8)
 * @param scales float16 (groups, outputs)
 * @param groupSize inputs to a group, a multiple of 128
 */
record PackedLinear(
        PackedFormat.Layout layout,
        MemorySegment words,
        MemorySegment zeros,
        MemorySegment scales,
        int inputs,
        int outputs,
        int groupSize) {
    /** Outputs that are repacked together, so that whole cache lines of words are used. */
    private static final int TILE = 64;

    private static final long LOW = 0x0F0F_0F0F_0F0F_0F0FL;

    /** AWQ stores column 8c + j as nibble AWQ_NIBBLE[j] of word c. */
    private static final int[] AWQ_NIBBLE = {0, 4, 1, 5, 2, 6, 3, 7};

    /** Writes all rows as Q4_G128. */
    void repack(MemorySegment target) {
        IntStream.range(0, Math.ceilDiv(outputs, TILE)).parallel().forEach(tile -> {
            for (int block = 0; block < inputs / 128; block++) {
                for (int output = TILE * tile; output < Math.min(outputs, TILE * (tile + 1)); output++) {
                    long at = (long) output * DataType.Q4_G128.rowBytes(inputs)
                            + (long) block * DataType.Q4_G128.blockBytes();
                    block(block, output, target, at);
                }
            }
        });
    }

    private void block(int block, int output, MemorySegment target, long at) {
        int group = 128 * block / groupSize;
        target.set(JAVA_SHORT_UNALIGNED, at, scales.get(JAVA_SHORT_UNALIGNED, 2 * ((long) group * outputs + output)));
        target.set(JAVA_SHORT_UNALIGNED, at + 2, (short) zero(group, output));
        for (int run = 0; run < 4; run++) {
            for (int half = 0; half < 2; half++) {
                // of 32 elements byte j holds j low and j + 16 high: two words make eight bytes
                int first = 16 * block + 4 * run + half;
                long low = Long.expand(Integer.toUnsignedLong(eightInputs(first, output)), LOW);
                long high = Long.expand(Integer.toUnsignedLong(eightInputs(first + 2, output)), LOW << 4);
                target.set(JAVA_LONG_UNALIGNED, at + 4 + 16L * run + 8L * half, low | high);
            }
        }
    }

    /** The weights of the inputs 8i to 8i+7, the first in the lowest nibble. */
    private int eightInputs(int i, int output) {
        return switch (layout) {
            case GPTQ, GPTQ_V2 -> words.get(JAVA_INT_UNALIGNED, 4 * ((long) i * outputs + output));
            case AWQ -> {
                int result = 0;
                for (int j = 0; j < 8; j++) {
                    long word = (8L * i + j) * (outputs / 8) + output / 8;
                    int quantum = words.get(JAVA_INT_UNALIGNED, 4 * word) >>> 4 * AWQ_NIBBLE[output % 8] & 15;
                    result |= quantum << 4 * j;
                }
                yield result;
            }
        };
    }

    private int zero(int group, int output) {
        int word = zeros.get(JAVA_INT_UNALIGNED, 4 * ((long) group * (outputs / 8) + output / 8));
        return switch (layout) {
            case GPTQ -> (word >>> 4 * (output % 8) & 15) + 1;
            case GPTQ_V2 -> word >>> 4 * (output % 8) & 15;
            case AWQ -> word >>> 4 * AWQ_NIBBLE[output % 8] & 15;
        };
    }
}
