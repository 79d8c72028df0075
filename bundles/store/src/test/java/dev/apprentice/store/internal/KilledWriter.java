package dev.apprentice.store.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.apprentice.store.AuditEvent;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.time.Clock;
import java.util.List;

/** Commits until it is killed, and prints each number once it is committed. */
final class KilledWriter {
    private KilledWriter() {}

    static final List<String> SCHEMA = List.of("CREATE TABLE number(value INTEGER PRIMARY KEY, blob TEXT NOT NULL)");

    public static void main(String[] arguments) {
        SqliteStore store = new SqliteStore(Path.of(arguments[0]), Clock.systemUTC());
        store.migrate("killed", SCHEMA);
        for (long number = Long.parseLong(arguments[1]); ; number++) {
            long next = number;
            String digest = store.blobs().put(("content " + next).repeat(500).getBytes(UTF_8));
            store.inTransaction(connection -> {
                store.audit().append(AuditEvent.CYCLE_COMMITTED, "killed", "number " + next);
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO number VALUES (?, ?)")) {
                    insert.setLong(1, next);
                    insert.setString(2, digest);
                    return insert.executeUpdate();
                }
            });
            System.out.println(next);
        }
    }
}
