package dev.apprentice.learning.internal;

import dev.apprentice.learning.Commit;
import dev.apprentice.learning.LearningException;
import dev.apprentice.store.Store;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The history of all learners: rows in the database, tensors as blobs. */
final class CommitStore {
    /** How many of the newest commits keep their tensors. */
    static final int NEWEST = 32;
    /** Older ones keep theirs where the cycle is a multiple of this. */
    static final int EVERY = 10;

    private static final String SELECT = "SELECT id, skill, version, parent, kind, time, cycle, experiences, adapter,"
            + " validation, shipped, shipped_values, checkpoint, cursor, attempts, step, recalled, recalled_states, reliance FROM learned_commit WHERE skill = ?";

    private final Store store;

    CommitStore(Store store) {
        this.store = store;
    }

    /** Where one learner stands. */
    record Head(String version, String commit, StoredCommit.Position position) {}

    Optional<Head> head(String skill) {
        return store.read(connection -> Sql.first(
                connection,
                "SELECT l.version, head, l.cursor, l.attempts, step FROM learner l JOIN learned_commit ON id = head"
                        + " WHERE l.skill = ?",
                row -> new Head(
                        row.getString(1),
                        row.getString(2),
                        new StoredCommit.Position(row.getLong(3), row.getInt(4), row.getInt(5))),
                skill));
    }

    /** Whether a commit is still where its learner stands. */
    boolean isHead(Commit commit) {
        return head(commit.skillId())
                .filter(head -> head.commit().equals(commit.id()))
                .isPresent();
    }

    /** All commits of a skill, newest first. */
    List<StoredCommit> log(String skill) {
        return store.read(
                connection -> Sql.list(connection, SELECT + " ORDER BY sequence DESC", CommitStore::row, skill));
    }

    /** @throws LearningException if there is none of this id */
    StoredCommit find(String skill, String id) {
        return store.read(connection -> Sql.first(connection, SELECT + " AND id = ?", CommitStore::row, skill, id))
                .orElseThrow(() -> new LearningException(
                        LearningException.Code.NOT_FOUND,
                        "The skill " + skill + " has no commit " + id + ": choose one of its history"));
    }

    private static StoredCommit row(ResultSet row) throws SQLException {
        String checkpoint = row.getString(13);
        Commit commit = new Commit(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                Commit.Kind.valueOf(row.getString(5)),
                Instant.parse(row.getString(6)),
                row.getInt(7),
                row.getLong(8),
                row.getString(9),
                ValidationText.read(row.getString(10)),
                checkpoint != null);
        return new StoredCommit(
                commit,
                row.getString(11),
                row.getString(12),
                checkpoint,
                row.getLong(14),
                row.getInt(15),
                row.getInt(16),
                new Reach(row.getLong(17), row.getLong(18), row.getDouble(19)));
    }

    /** Reads the tensors of a commit and checks their digest. */
    LearnedVectors load(StoredCommit stored, long adapterBytes) {
        String checkpoint = stored.checkpoint();
        if (checkpoint == null) {
            throw new LearningException(
                    LearningException.Code.NOT_FOUND,
                    "The tensors of commit " + stored.commit().id()
                            + " are no longer kept: choose a commit that is marked restorable");
        }
        try (Arena arena = Arena.ofConfined()) {
            return Checkpoint.decode(store.blobs().map(checkpoint, arena), adapterBytes);
        }
    }

    /** Adds a commit unless it is there, makes it the head, and lets go of tensors that need not be kept; in a transaction. */
    void makeHead(Connection connection, StoredCommit stored, StoredCommit.Position position) throws SQLException {
        Commit commit = stored.commit();
        Sql.update(
                connection,
                "INSERT INTO learned_commit(id, skill, version, parent, kind, time, cycle, experiences, adapter, validation,"
                        + " shipped, shipped_values, checkpoint, cursor, attempts, step, recalled, recalled_states, reliance)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO NOTHING",
                commit.id(),
                commit.skillId(),
                commit.skillVersion(),
                commit.parent(),
                commit.kind().name(),
                commit.time().toString(),
                commit.cycle(),
                commit.experiences(),
                commit.adapterDigest(),
                ValidationText.write(commit.validation()),
                stored.shipped(),
                stored.shippedValues(),
                stored.checkpoint(),
                stored.cursor(),
                stored.attempts(),
                stored.step(),
                stored.reach().words(),
                stored.reach().states(),
                stored.reach().reliance());
        Sql.update(
                connection,
                "INSERT INTO learner(skill, version, head, cursor, attempts) VALUES (?, ?, ?, ?, ?) ON CONFLICT(skill)"
                        + " DO UPDATE SET version = excluded.version, head = excluded.head, cursor = excluded.cursor,"
                        + " attempts = excluded.attempts",
                commit.skillId(),
                commit.skillVersion(),
                commit.id(),
                position.cursor(),
                position.attempts());
        prune(connection, commit.skillId(), commit.id());
    }

    /** Moves on in data and randomness while the head stays; in a transaction. */
    void advance(Connection connection, String skill, StoredCommit.Position position) throws SQLException {
        Sql.update(
                connection,
                "UPDATE learner SET cursor = ?, attempts = ? WHERE skill = ?",
                position.cursor(),
                position.attempts(),
                skill);
    }

    /**
     * Keeps the tensors of the newest commits, of all installs and rebases, of the last commit of every version, of every tenth
     * cycle and of the head.
     */
    private void prune(Connection connection, String skill, String head) throws SQLException {
        List<StoredCommit> log = Sql.list(connection, SELECT + " ORDER BY sequence DESC", CommitStore::row, skill);
        Set<String> versions = new HashSet<>();
        for (int i = 0; i < log.size(); i++) {
            Commit commit = log.get(i).commit();
            boolean lastOfVersion = versions.add(commit.skillVersion());
            boolean keep = i < NEWEST
                    || lastOfVersion
                    || commit.kind() != Commit.Kind.LEARNED
                    || commit.cycle() % EVERY == 0
                    || commit.id().equals(head);
            if (!keep && commit.restorable()) {
                Sql.update(connection, "UPDATE learned_commit SET checkpoint = NULL WHERE id = ?", commit.id());
            }
        }
        retainBlobs(connection);
    }

    private void retainBlobs(Connection connection) throws SQLException {
        List<String> used = Sql.list(
                connection,
                "SELECT checkpoint FROM learned_commit WHERE checkpoint IS NOT NULL UNION"
                        + " SELECT shipped_values FROM learned_commit WHERE checkpoint IS NOT NULL UNION"
                        + " SELECT text FROM held_out",
                row -> row.getString(1));
        store.blobs().retain(Schema.ROOM, Set.copyOf(used));
    }

    /** Replaces the held-out files; in a transaction. */
    void holdOut(Connection connection, String skill, List<HeldOut> files) throws SQLException {
        Sql.update(connection, "DELETE FROM held_out WHERE skill = ?", skill);
        for (int i = 0; i < files.size(); i++) {
            HeldOut file = files.get(i);
            String blob = store.blobs().put(file.text().getBytes(StandardCharsets.UTF_8));
            Sql.update(
                    connection,
                    "INSERT INTO held_out(skill, position, path, text, lines) VALUES (?, ?, ?, ?, ?)",
                    skill,
                    i,
                    file.path(),
                    blob,
                    LineRange.write(file.lines()));
        }
        retainBlobs(connection);
    }

    List<HeldOut> heldOut(String skill) {
        return store.read(connection -> Sql.list(
                connection,
                "SELECT path, text, lines FROM held_out WHERE skill = ? ORDER BY position",
                row -> new HeldOut(
                        row.getString(1),
                        new String(store.blobs().read(row.getString(2)), StandardCharsets.UTF_8),
                        LineRange.read(row.getString(3))),
                skill));
    }

    /** Forgets all of a skill; in a transaction. */
    void destroy(Connection connection, String skill) throws SQLException {
        for (String table : List.of("experience", "held_out", "learned_commit", "learner")) {
            Sql.update(connection, "DELETE FROM " + table + " WHERE skill = ?", skill);
        }
        retainBlobs(connection);
    }
}
