package dev.apprentice.kernels.cuda.internal;

import java.lang.foreign.MemorySegment;
import java.util.stream.LongStream;

/** Copies within the memory of the host, which one thread does more slowly than the device fills it. */
final class Copies {
    /** Bytes that a thread copies before it looks for more. */
    private static final long PIECE = 512 << 10;

    private Copies() {}

    /** Both of one size. */
    static void copy(MemorySegment from, MemorySegment to) {
        long bytes = from.byteSize();
        if (bytes < 2 * PIECE) {
            to.copyFrom(from);
            return;
        }
        LongStream.range(0, Math.ceilDiv(bytes, PIECE)).parallel().forEach(piece -> {
            long at = piece * PIECE;
            MemorySegment.copy(from, at, to, at, Math.min(PIECE, bytes - at));
        });
    }
}
