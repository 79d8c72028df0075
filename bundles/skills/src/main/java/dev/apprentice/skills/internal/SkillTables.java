package dev.apprentice.skills.internal;

import dev.apprentice.learning.Learning.LearnedState;
import dev.apprentice.store.Store;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What is installed, in SQLite: this, and not the framework, says what runs after a start. */
final class SkillTables {
    private static final String ROOM = "skills";
    private static final List<String> SCHEMA =
            List.of("""
            CREATE TABLE skill_version (
              id TEXT NOT NULL, version TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL, data_only INTEGER NOT NULL,
              jar TEXT NOT NULL, signature TEXT NOT NULL, publisher TEXT NOT NULL, fingerprint TEXT NOT NULL,
              installed_at INTEGER NOT NULL, PRIMARY KEY (id, version)) STRICT
            """, """
            CREATE TABLE skill (
              id TEXT PRIMARY KEY, version TEXT NOT NULL, FOREIGN KEY (id, version) REFERENCES skill_version (id, version)) STRICT
            """, "ALTER TABLE skill_version ADD COLUMN permissions TEXT NOT NULL DEFAULT ''");

    private final Store store;

    SkillTables(Store store) {
        this.store = store;
        store.migrate(ROOM, SCHEMA);
    }

    /** The version of each skill that is installed now, by id. */
    List<StoredVersion> installed() {
        return query(
                "SELECT v.* FROM skill s JOIN skill_version v ON v.id = s.id AND v.version = s.version ORDER BY v.id");
    }

    Optional<StoredVersion> installed(String id) {
        return query(
                        "SELECT v.* FROM skill s JOIN skill_version v ON v.id = s.id AND v.version = s.version WHERE s.id = ?",
                        id)
                .stream()
                .findFirst();
    }

    /** All versions of a skill that are kept, newest first; also of a skill that was removed with its learned state kept. */
    List<StoredVersion> kept(String id) {
        return query("SELECT * FROM skill_version WHERE id = ?", id).stream()
                .sorted(Comparator.comparing((StoredVersion kept) -> SkillVersion.of(kept.version()))
                        .reversed())
                .toList();
    }

    /** Makes a version the installed one; within a transaction. */
    void install(Connection connection, StoredVersion version) throws SQLException {
        update(
                connection,
                "INSERT INTO skill_version VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id, version) DO UPDATE SET "
                        + "signature = excluded.signature, publisher = excluded.publisher, fingerprint = excluded.fingerprint, "
                        + "permissions = excluded.permissions",
                version.id(),
                version.version(),
                version.name(),
                version.description(),
                version.dataOnly() ? 1 : 0,
                version.jar(),
                version.signature(),
                version.publisher(),
                version.fingerprint(),
                version.installedAt().toEpochMilli(),
                String.join(",", version.permissions()));
        update(
                connection,
                "INSERT INTO skill VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET version = excluded.version",
                version.id(),
                version.version());
    }

    /** Takes a skill off the shelf; its versions stay where its learned state stays. */
    void remove(Connection connection, String id, LearnedState learned) throws SQLException {
        update(connection, "DELETE FROM skill WHERE id = ?", id);
        if (learned == LearnedState.DESTROY) {
            update(connection, "DELETE FROM skill_version WHERE id = ?", id);
        }
    }

    /** The ids of all skills of which a version is kept. */
    Set<String> keptIds() {
        return query("SELECT * FROM skill_version").stream()
                .map(StoredVersion::id)
                .collect(Collectors.toSet());
    }

    /** Tells the blob store what is in use. */
    void retainBlobs() {
        Set<String> digests = new HashSet<>();
        for (StoredVersion version : query("SELECT * FROM skill_version")) {
            digests.add(version.jar());
            digests.add(version.signature());
        }
        store.blobs().retain(ROOM, digests);
    }

    private List<StoredVersion> query(String sql, Object... values) {
        return store.read(connection -> {
            try (PreparedStatement statement = prepare(connection, sql, values);
                    ResultSet rows = statement.executeQuery()) {
                List<StoredVersion> versions = new ArrayList<>();
                while (rows.next()) {
                    versions.add(row(rows));
                }
                return versions;
            }
        });
    }

    private static StoredVersion row(ResultSet row) throws SQLException {
        return new StoredVersion(
                row.getString("id"),
                row.getString("version"),
                row.getString("name"),
                row.getString("description"),
                row.getInt("data_only") != 0,
                row.getString("jar"),
                row.getString("signature"),
                row.getString("publisher"),
                row.getString("fingerprint"),
                Instant.ofEpochMilli(row.getLong("installed_at")),
                Arrays.stream(row.getString("permissions").split(","))
                        .filter(label -> !label.isEmpty())
                        .toList());
    }

    private static void update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, values)) {
            statement.executeUpdate();
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }
}
