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
        int half = headDim / 2;
        MemorySegment cosines = arena.allocate(4L * positions * half, 64);
        MemorySegment sines = arena.allocate(4L * positions * half, 64);
        for (int position = 0; position < positions; position++) {
            for (int i = 0; i < half; i++) {
                // float arithmetic up to the angle, as the reference implementation has it
                float angle = position * (float) Math.pow(theta, -2.0 * i / headDim);
                cosines.setAtIndex(ValueLayout.JAVA_FLOAT, (long) position * half + i, (float) Math.cos(angle));
                sines.setAtIndex(ValueLayout.JAVA_FLOAT, (long) position * half + i, (float) Math.sin(angle));
            }
        }
        return new RotaryTable(positions, headDim, cosines, sines);
    }
}
