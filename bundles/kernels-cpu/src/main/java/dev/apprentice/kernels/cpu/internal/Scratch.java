package dev.apprentice.kernels.cpu.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Memory that one thread works in during one task; lent and given back, because thread locals would outlive the bundle.
 *
 * <p>Contents are left over from earlier use.
 */
final class Scratch implements AutoCloseable {
    private static final ConcurrentLinkedDeque<Scratch> FREE = new ConcurrentLinkedDeque<>();

    private float[] left = new float[0];
    private float[] right = new float[0];
    private float[] rows = new float[0];
    private MemorySegment memory = MemorySegment.NULL;

    /** One micro tile of results. */
    final float[] tile = new float[MicroKernel.ROWS * MicroKernel.COLUMNS];

    private Scratch() {}

    static Scratch borrow() {
        Scratch free = FREE.pollFirst();
        return free == null ? new Scratch() : free;
    }

    /** For packed left operands. */
    float[] left(int size) {
        if (left.length < size) {
            left = new float[size];
        }
        return left;
    }

    /** For packed right operands. */
    float[] right(int size) {
        if (right.length < size) {
            right = new float[size];
        }
        return right;
    }

    /** For unpacked rows. */
    float[] rows(int size) {
        if (rows.length < size) {
            rows = new float[size];
        }
        return rows;
    }

    /** Native floats: code that sees heap and native segments alike is compiled to something much slower. */
    MemorySegment memory(long floats) {
        if (memory.byteSize() < 4 * floats) {
            memory = Arena.ofAuto().allocate(4 * floats, 64);
        }
        return memory;
    }

    @Override
    public void close() {
        FREE.addFirst(this);
    }
}
