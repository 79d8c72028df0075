package dev.apprentice.store;

import java.time.Instant;

/**
 * One line of the audit log.
 *
 * @param hash SHA-256 hex over the previous hash and every other field
 */
public record AuditEntry(long sequence, Instant time, AuditEvent event, String subject, String detail, String hash) {}
