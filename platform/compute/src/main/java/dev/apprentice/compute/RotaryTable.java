package dev.apprentice.compute;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Cosines and sines of rotary position embedding (RoPE, arXiv 2104.09864) in the half-split convention: element i of a head
 * turns with element i + headDim/2.
 *
 * @param cosines (positions, headDim/2) float32
 * @param sines (positions, headDim/2) float32
 */
public record RotaryTable(int positions, int headDim, MemorySegment cosines, MemorySegment sines) {

    /** The table for angles position · theta^(−2i/headDim). */
    public static RotaryTable create(Arena arena, int positions, int headDim, double theta) {
        return create(arena, positions, frequencies(headDim, theta));
    }

    /** The table for angles position · frequencies[i]; as many frequencies as half a head is wide. */
    public static RotaryTable create(Arena arena, int positions, float[] frequencies) {
        int half = frequencies.length;
        MemorySegment cosines = arena.allocate(4L * positions * half, 64);
        MemorySegment sines = arena.allocate(4L * positions * half, 64);
        for (int position = 0; position < positions; position++) {
            for (int i = 0; i < half; i++) {
                // float arithmetic up to the angle, as the reference implementation has it
                float angle = position * frequencies[i];
                cosines.setAtIndex(ValueLayout.JAVA_FLOAT, (long) position * half + i, (float) Math.cos(angle));
                sines.setAtIndex(ValueLayout.JAVA_FLOAT, (long) position * half + i, (float) Math.sin(angle));
            }
        }
        return new RotaryTable(positions, 2 * half, cosines, sines);
    }

    /** theta^(−2i/headDim) for the pairs i of a head. */
    public static float[] frequencies(int headDim, double theta) {
        float[] frequencies = new float[headDim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = (float) Math.pow(theta, -2.0 * i / headDim);
        }
        return frequencies;
    }
}
