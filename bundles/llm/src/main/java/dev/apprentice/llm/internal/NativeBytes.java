package dev.apprentice.llm.internal;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Brings the content of a large file that cannot be mapped into native memory. */
final class NativeBytes {
    private static final int PIECE = 8 << 20;

    private NativeBytes() {}

    /** Reads a stream of unknown length to its end, and closes it. */
    static MemorySegment read(InputStream stream, Arena arena) throws IOException {
        List<byte[]> pieces = new ArrayList<>();
        long length = 0;
        try (InputStream in = stream) {
            for (byte[] piece = in.readNBytes(PIECE); piece.length > 0; piece = in.readNBytes(PIECE)) {
                pieces.add(piece);
                length += piece.length;
            }
        }
        MemorySegment data = arena.allocate(length, 64);
        long offset = 0;
        for (byte[] piece : pieces) {
            MemorySegment.copy(piece, 0, data, ValueLayout.JAVA_BYTE, offset, piece.length);
            offset += piece.length;
        }
        return data;
    }
}
