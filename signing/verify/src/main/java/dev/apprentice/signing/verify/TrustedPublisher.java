package dev.apprentice.signing.verify;

import java.time.Instant;

/**
 * One whom this machine may believe: a publisher, or an authority that vouches for publishers.
 *
 * @param fingerprint SHA-256 hex: over both certificates, or over the fingerprint of the authority and the name it vouches for,
 *     so that a renewed certificate is the same publisher's
 * @param authority fingerprint of the authority that issued the publisher's certificates; empty if they are self-signed
 * @param notBefore from when on all certificates are valid
 * @param notAfter until when they are
 */
public record TrustedPublisher(
        String name, String fingerprint, Kind kind, String authority, Instant notBefore, Instant notAfter) {
    /** What trust in it means. */
    public enum Kind {
        /** What it signs is believed. */
        PUBLISHER,
        /** What is signed by those to whom it issued certificates is believed. */
        AUTHORITY
    }
}
