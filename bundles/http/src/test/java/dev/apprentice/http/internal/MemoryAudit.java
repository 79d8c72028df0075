package dev.apprentice.http.internal;

import dev.apprentice.store.AuditEntry;
import dev.apprentice.store.AuditEvent;
import dev.apprentice.store.AuditLog;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An audit log for one test. */
final class MemoryAudit implements AuditLog {
    private final List<AuditEntry> entries = new CopyOnWriteArrayList<>();

    @Override
    public void append(AuditEvent event, String subject, String detail) {
        entries.addFirst(new AuditEntry(entries.size() + 1L, Instant.now(), event, subject, detail, ""));
    }

    @Override
    public List<AuditEntry> latest(int limit) {
        return entries.stream().limit(limit).toList();
    }

    @Override
    public void verify() {}

    List<AuditEvent> events() {
        return entries.reversed().stream().map(AuditEntry::event).toList();
    }
}
