package dev.apprentice.skills.internal;

import dev.apprentice.skills.Revocations;
import dev.apprentice.skills.Revocations.Revocation;
import dev.apprentice.skills.SkillException;
import dev.apprentice.store.Store;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The revocations of all sources, in SQLite. */
final class RevocationTable {
    private static final String ROOM = "revocations";
    private static final List<String> SCHEMA = List.of("""
            CREATE TABLE revocation (
              source TEXT NOT NULL, id TEXT NOT NULL, version TEXT NOT NULL, reason TEXT NOT NULL,
              PRIMARY KEY (id, version, source)) STRICT
            """);

    private final Store store;

    RevocationTable(Store store) {
        this.store = store;
        store.migrate(ROOM, SCHEMA);
    }

    Set<Revocation> of(String source) {
        return store.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement("SELECT * FROM revocation WHERE source = ?")) {
                query.setString(1, source);
                Set<Revocation> found = new HashSet<>();
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        found.add(
                                new Revocation(row.getString("id"), row.getString("version"), row.getString("reason")));
                    }
                }
                return found;
            }
        });
    }

    void replace(String source, List<Revocation> revoked) {
        store.inTransaction(connection -> {
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM revocation WHERE source = ?")) {
                delete.setString(1, source);
                delete.executeUpdate();
            }
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT OR REPLACE INTO revocation VALUES (?, ?, ?, ?)")) {
                for (Revocation one : new HashSet<>(revoked)) {
                    insert.setString(1, source);
                    insert.setString(2, one.id());
                    insert.setString(3, one.version());
                    insert.setString(4, one.reason());
                    insert.addBatch();
                }
                return insert.executeBatch();
            }
        });
    }

    Optional<Revocation> find(String id, String version) {
        return store.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(
                    "SELECT * FROM revocation WHERE id = ? AND version IN (?, ?) ORDER BY source LIMIT 1")) {
                query.setString(1, id);
                query.setString(2, version);
                query.setString(3, Revocations.EVERY_VERSION);
                try (ResultSet row = query.executeQuery()) {
                    return row.next()
                            ? Optional.of(new Revocation(
                                    id,
                                    row.getString("version"),
                                    row.getString("reason") + " (revoked by the marketplace " + row.getString("source")
                                            + ")"))
                            : Optional.empty();
                }
            }
        });
    }

    /** Refuses a version that must not run. */
    void requireNone(String id, String version) {
        find(id, version).ifPresent(revoked -> {
            throw new SkillException(
                    SkillException.Code.REVOKED,
                    id + " " + version + " must no longer run: " + revoked.reason()
                            + "; what it learned is kept: install a newer version, go back to an older one, or remove the skill");
        });
    }
}
