package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory for the intermediate results of one pass, used again by the next. Grows to the largest pass so far; what it hands out is
 * not cleared and is void after {@link #reset}.
 */
final class Scratch implements AutoCloseable {
    private static final long ALIGNMENT = 64;
    private static final long FIRST_BLOCK = 1 << 20;
    /** Blocks double up to here; beyond, what is left over of the last one would be too much of a budget. */
    private static final long LARGEST_STEP = 32 << 20;

    private Arena arena = Arena.ofShared();
    private MemorySegment block = arena.allocate(FIRST_BLOCK, ALIGNMENT);
    private long held = FIRST_BLOCK;
    private long used;
    private long usedInEarlierBlocks;

    /** A tensor of whatever was there before. */
    Tensor tensor(int rows, int columns) {
        long bytes = 4L * rows * columns;
        if (used + bytes > block.byteSize()) {
            usedInEarlierBlocks += used;
            block = arena.allocate(Math.max(bytes, Math.min(2 * block.byteSize(), LARGEST_STEP)), ALIGNMENT);
            held += block.byteSize();
            used = 0;
        }
        MemorySegment data = block.asSlice(used, bytes);
        used += bytes + (ALIGNMENT - bytes % ALIGNMENT) % ALIGNMENT;
        return new Tensor(rows, columns, data);
    }

    /** Takes everything back; several blocks become one of their size together. */
    @SuppressWarnings("MustBeClosedChecker") // close() does
    void reset() {
        if (usedInEarlierBlocks > 0) {
            long wanted = usedInEarlierBlocks + used;
            arena.close();
            arena = Arena.ofShared();
            block = arena.allocate(wanted, ALIGNMENT);
            held = wanted;
        }
        used = 0;
        usedInEarlierBlocks = 0;
    }

    /** Bytes that it holds. */
    long bytes() {
        return held;
    }

    @Override
    public void close() {
        arena.close();
    }
}
