package dev.apprentice.signing.verify;

import java.time.Instant;

/**
 * Bytes that a trusted publisher signed.
 *
 * @param bytes exactly those that were verified
 * @param digest {@code sha256:} and their hex digest
 * @param publisher name in the publisher's certificates
 * @param fingerprint SHA-256 hex over both certificates
 * @param signedAt what the publisher says; not proven
 */
public record VerifiedPackage(byte[] bytes, String digest, String publisher, String fingerprint, Instant signedAt) {}
