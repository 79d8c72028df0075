package dev.apprentice.signing.verify;

import java.time.Instant;

/**
 * A publisher this machine believes.
 *
 * @param fingerprint SHA-256 hex over both certificates
 */
public record TrustedPublisher(String name, String fingerprint, Instant notBefore, Instant notAfter) {}
