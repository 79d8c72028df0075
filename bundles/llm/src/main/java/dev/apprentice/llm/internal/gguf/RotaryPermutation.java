package dev.apprentice.llm.internal.gguf;

import java.lang.foreign.MemorySegment;

/**
 * The order of the rows of query and key weights. llama.cpp turns neighbouring elements of a head together, so that files of the
 * architecture llama hold row j·d/2 + i of a head of d rows as row 2·i + j (j = 0, 1). Rows are moved whole: exact for every type.
 */
public final class RotaryPermutation {
    private RotaryPermutation() {}

    /** From the order of GGUF files to that of Hugging Face; both of {@code heads · headDim} rows. */
    public static void undo(MemorySegment gguf, MemorySegment huggingFace, int heads, int headDim) {
        move(gguf, huggingFace, heads, headDim, 2, headDim / 2);
    }

    /** From the order of Hugging Face to that of GGUF files. */
    public static void apply(MemorySegment huggingFace, MemorySegment gguf, int heads, int headDim) {
        move(huggingFace, gguf, heads, headDim, headDim / 2, 2);
    }

    /** Within each head, as a matrix of (headDim/columns, columns) rows: target = sourceᵀ. */
    private static void move(
            MemorySegment source, MemorySegment target, int heads, int headDim, int columns, int targetColumns) {
        long rowBytes = source.byteSize() / ((long) heads * headDim);
        for (long head = 0; head < heads; head++) {
            for (int row = 0; row < headDim; row++) {
                int to = row % columns * targetColumns + row / columns;
                MemorySegment.copy(
                        source, (head * headDim + row) * rowBytes, target, (head * headDim + to) * rowBytes, rowBytes);
            }
        }
    }
}
