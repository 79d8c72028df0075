package dev.apprentice.store.internal;

import dev.apprentice.store.AuditEntry;
import dev.apprentice.store.AuditEvent;
import dev.apprentice.store.AuditLog;
import dev.apprentice.store.Store;
import dev.apprentice.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * An audit log whose entries each hold the hash of the one before. The newest hash is kept once more beside the log, so that entries
 * missing at its end are noticed too.
 */
final class ChainedAuditLog implements AuditLog {
    private static final String START = "0".repeat(64);
    private static final String SELECT =
            "SELECT sequence, time, event, subject, detail, hash FROM audit ORDER BY sequence";

    private final Store store;
    private final Clock clock;

    ChainedAuditLog(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
        store.migrate("store.audit", List.of("""
                CREATE TABLE audit(sequence INTEGER PRIMARY KEY, time TEXT NOT NULL, event TEXT NOT NULL,
                  subject TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL)""", """
                CREATE TABLE audit_head(only INTEGER PRIMARY KEY CHECK(only = 1), sequence INTEGER NOT NULL,
                  hash TEXT NOT NULL)""", "INSERT INTO audit_head VALUES (1, 0, '" + START + "')"));
    }

    @Override
    public void append(AuditEvent event, String subject, String detail) {
        store.inTransaction(connection -> {
            Head head = head(connection);
            Instant time = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            long sequence = head.sequence() + 1;
            String hash = hash(head.hash(), sequence, time, event, subject, detail);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)");
                    PreparedStatement move =
                            connection.prepareStatement("UPDATE audit_head SET sequence = ?, hash = ?")) {
                insert.setLong(1, sequence);
                insert.setString(2, time.toString());
                insert.setString(3, event.name());
                insert.setString(4, subject);
                insert.setString(5, detail);
                insert.setString(6, hash);
                insert.executeUpdate();
                move.setLong(1, sequence);
                move.setString(2, hash);
                return move.executeUpdate();
            }
        });
    }

    @Override
    public List<AuditEntry> latest(int limit) {
        return store.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(SELECT + " DESC LIMIT ?")) {
                query.setInt(1, limit);
                List<AuditEntry> entries = new ArrayList<>();
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        entries.add(entry(rows));
                    }
                }
                return entries;
            }
        });
    }

    @Override
    public void verify() {
        store.read(connection -> {
            Head last = new Head(0, START);
            try (PreparedStatement query = connection.prepareStatement(SELECT);
                    ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    AuditEntry entry = entry(rows);
                    long expected = last.sequence() + 1;
                    String hash =
                            hash(last.hash(), expected, entry.time(), entry.event(), entry.subject(), entry.detail());
                    if (entry.sequence() != expected || !hash.equals(entry.hash())) {
                        throw broken("entry " + expected + " was changed or dropped");
                    }
                    last = new Head(expected, hash);
                }
            } catch (IllegalArgumentException | DateTimeException unreadable) {
                throw broken("entry " + (last.sequence() + 1) + " is unreadable");
            }
            if (!last.equals(head(connection))) {
                throw broken("entries after " + last.sequence() + " were dropped");
            }
            return last;
        });
    }

    private static StoreException broken(String what) {
        return new StoreException(
                StoreException.Code.CORRUPT,
                "The audit log does not fit together: " + what + "; trust nothing after that point and restore a copy");
    }

    private static AuditEntry entry(ResultSet row) throws SQLException {
        return new AuditEntry(
                row.getLong(1),
                Instant.parse(row.getString(2)),
                AuditEvent.valueOf(row.getString(3)),
                row.getString(4),
                row.getString(5),
                row.getString(6));
    }

    private record Head(long sequence, String hash) {}

    private static Head head(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT sequence, hash FROM audit_head");
                ResultSet row = query.executeQuery()) {
            if (!row.next()) {
                throw broken("its head is gone");
            }
            return new Head(row.getLong(1), row.getString(2));
        }
    }

    /** Lengths stand before the free texts, so that no two different entries make the same bytes. */
    private static String hash(
            String previous, long sequence, Instant time, AuditEvent event, String subject, String detail) {
        String text = String.join(
                "\n",
                previous,
                Long.toString(sequence),
                time.toString(),
                event.name(),
                Integer.toString(subject.length()),
                subject,
                detail);
        return Digest.hex(text.getBytes(StandardCharsets.UTF_8));
    }
}
