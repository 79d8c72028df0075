package dev.apprentice.signing.verify.internal;

import dev.apprentice.signing.verify.SigningException;

/** Little-endian numbers in an archive. */
final class ZipBytes {
    private ZipBytes() {}

    static int u16(byte[] bytes, int at) {
        require(at >= 0 && at <= bytes.length - 2, "ends within a header");
        return (bytes[at] & 0xFF) | (bytes[at + 1] & 0xFF) << 8;
    }

    static long u32(byte[] bytes, int at) {
        return u16(bytes, at) | (long) u16(bytes, at + 2) << 16;
    }

    /** A length or offset, which must lie within the archive format's small form. */
    static int length(byte[] bytes, int at) {
        long value = u32(bytes, at);
        require(value <= Integer.MAX_VALUE, "declares a length or offset of " + value);
        return (int) value;
    }

    static void require(boolean holds, String fault) {
        if (!holds) {
            throw fault(fault);
        }
    }

    static SigningException fault(String what) {
        return new SigningException(
                SigningException.Code.ARCHIVE, "The archive " + what + ": build it again with an ordinary archiver");
    }
}
