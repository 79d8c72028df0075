package dev.apprentice.signing.verify.tuf;

import dev.apprentice.signing.verify.tuf.TufException.Code;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** The hashes of a file: every one of a known algorithm must hold, and there must be one. */
final class Hashes {
    private static final Map<String, String> ALGORITHMS = Map.of("sha256", "SHA-256", "sha512", "SHA-512");

    private final String what;
    private final Map<String, String> expected;
    private final Map<String, MessageDigest> digests = new TreeMap<>();

    /** Hashes to be compared when all bytes have been given. */
    Hashes(String what, Map<String, String> expected) {
        this.what = what;
        this.expected = expected;
        for (String algorithm : expected.keySet()) {
            if (ALGORITHMS.containsKey(algorithm)) {
                digests.put(algorithm, digest(algorithm));
            }
        }
        if (digests.isEmpty()) {
            throw new TufException(
                    Code.MISMATCH,
                    what + " has hashes of the kinds " + expected.keySet()
                            + " only: the repository must give sha256 or sha512");
        }
    }

    static String hex(String algorithm, byte[] bytes) {
        return HexFormat.of().formatHex(digest(algorithm).digest(bytes));
    }

    /** The hash by which the file is named where snapshots are consistent. */
    String name() {
        return String.valueOf(expected.get(digests.keySet().iterator().next()));
    }

    void update(byte[] bytes, int length) {
        digests.values().forEach(digest -> digest.update(bytes, 0, length));
    }

    /** Compares; to be called once. */
    void check() {
        digests.forEach((algorithm, digest) -> {
            String found = HexFormat.of().formatHex(digest.digest());
            if (!found.equals(expected.get(algorithm))) {
                throw new TufException(
                        Code.MISMATCH,
                        what + " has the " + algorithm + " " + found + " instead of " + expected.get(algorithm)
                                + ": someone changed it, or the repository is half published; try again later");
            }
        });
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(String.valueOf(ALGORITHMS.get(algorithm)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256 and SHA-512", e);
        }
    }
}
