package dev.apprentice.llm.internal;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/** The content of a large file in native memory, and its digest. */
record NativeBytes(MemorySegment data, String digest) {
    private static final int PIECE = 8 << 20;

    /** Reads a stream of unknown length to its end. */
    static NativeBytes read(InputStream stream, Arena arena) throws IOException {
        MessageDigest sha256 = Digests.sha256();
        List<byte[]> pieces = new ArrayList<>();
        long length = 0;
        try (InputStream in = new DigestInputStream(stream, sha256)) {
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
        return new NativeBytes(data, Digests.text(sha256));
    }
}
