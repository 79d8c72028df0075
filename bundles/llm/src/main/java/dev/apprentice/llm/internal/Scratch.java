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

    private Arena arena = Arena.ofShared();
    private MemorySegment block = arena.allocate(1 << 20, ALIGNMENT);
    private long used;
    private long usedInEarlierBlocks;

    /** A tensor of whatever was there before. */
    Tensor tensor(int rows, int columns) {
        long bytes = 4L * rows * columns;
        if (used + bytes > block.byteSize()) {
            usedInEarlierBlocks += used;
            block = arena.allocate(Math.max(bytes, 2 * block.byteSize()), ALIGNMENT);
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
        }
        used = 0;
        usedInEarlierBlocks = 0;
    }

    @Override
    public void close() {
        arena.close();
    }
}
