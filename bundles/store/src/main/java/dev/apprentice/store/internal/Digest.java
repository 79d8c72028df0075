package dev.apprentice.store.internal;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/** SHA-256. */
final class Digest {
    /** Bytes of a buffer, which can span no more than an {@code int} can count. */
    private static final long PIECE = 64 << 20;

    private Digest() {}

    static String hex(byte[] content) {
        return hex(List.of(MemorySegment.ofArray(content)));
    }

    /** Of parts, one after the other. */
    static String hex(List<MemorySegment> parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            parts.forEach(part -> pieces(part, digest::update));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }

    /** A segment as buffers, from the first byte to the last. */
    static void pieces(MemorySegment segment, Consumer<ByteBuffer> reader) {
        for (long from = 0; from < segment.byteSize(); from += PIECE) {
            reader.accept(segment.asSlice(from, Math.min(PIECE, segment.byteSize() - from))
                    .asByteBuffer());
        }
    }
}
