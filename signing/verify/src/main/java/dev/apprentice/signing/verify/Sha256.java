package dev.apprentice.signing.verify;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, by which content is named. */
public final class Sha256 {
    private Sha256() {}

    /** The hash in lower-case hex. */
    public static String hex(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** {@code sha256:} and the hash in hex. */
    public static String digest(byte[] content) {
        return "sha256:" + hex(content);
    }
}
