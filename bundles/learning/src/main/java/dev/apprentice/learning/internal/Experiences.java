package dev.apprentice.learning.internal;

import dev.apprentice.learning.Experience;
import dev.apprentice.learning.Learner.BufferStatus;
import dev.apprentice.store.Store;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The experiences of one skill in the database. */
final class Experiences {
    /** Of the first experiences every so manyth is set aside for the gate, and never trained on or recalled. */
    private static final int VALIDATE_EVERY = 10;

    private static final int FIRST = 1280;
    /** Of the others fewer: the gate has enough to choose from, and what is set aside is missed by recall. */
    private static final int VALIDATE_EVERY_LATER = 40;

    private static final String COLUMNS = "id, prompt, answer, verdict, source, time, nats";

    private final Store store;
    private final String skill;

    Experiences(Store store, String skill) {
        this.store = store;
        this.skill = skill;
    }

    /** What an experience is for. */
    enum Role {
        /** To be learned from. */
        LEARN,
        /** Set aside for the gate. */
        VALIDATE,
        /** Rejected by the user: never learned, and a reason to refuse the same again. */
        AVOID
    }

    /** An experience that has been stored; nats is null until it has been scored. */
    record Stored(long id, Experience experience, @Nullable Double nats) {}

    /** Stores an experience; in a transaction. Empty if the same is there already. */
    Optional<Long> add(Connection connection, Experience experience, @Nullable Double nats) throws SQLException {
        String hash = hash(experience);
        boolean rejected = experience.verdict() == Experience.Verdict.REJECTED;
        if (rejected) {
            Sql.update(connection, "DELETE FROM experience WHERE skill = ? AND hash = ?", skill, hash);
        } else if (has(connection, hash)) {
            return Optional.empty();
        }
        Role role = rejected ? Role.AVOID : nextRole(connection);
        Sql.update(
                connection,
                "INSERT INTO experience(skill, role, prompt, answer, verdict, source, time, hash, nats)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                skill,
                role.name(),
                experience.prompt(),
                experience.answer(),
                experience.verdict().name(),
                experience.source(),
                experience.time().toString(),
                hash,
                nats);
        return Optional.of(Sql.number(connection, "SELECT last_insert_rowid()"));
    }

    private boolean has(Connection connection, String hash) throws SQLException {
        return Sql.number(connection, "SELECT count(*) FROM experience WHERE skill = ? AND hash = ?", skill, hash) > 0;
    }

    private Role nextRole(Connection connection) throws SQLException {
        Sql.update(connection, "UPDATE learner SET recorded = recorded + 1 WHERE skill = ?", skill);
        long number = Sql.number(connection, "SELECT recorded FROM learner WHERE skill = ?", skill);
        return role(number);
    }

    /** @param number of an experience among all that were recorded, from 1 on */
    static Role role(long number) {
        return number % (number <= FIRST ? VALIDATE_EVERY : VALIDATE_EVERY_LATER) == 0 ? Role.VALIDATE : Role.LEARN;
    }

    private static String hash(Experience experience) {
        return StoredCommit.sha256(experience.prompt() + "\0" + experience.answer());
    }

    /** The stored experience with the same prompt and answer. */
    Optional<Long> same(Experience experience) {
        return store.read(connection -> Sql.first(
                connection,
                "SELECT id FROM experience WHERE skill = ? AND hash = ?",
                row -> row.getLong(1),
                skill,
                hash(experience)));
    }

    boolean isRejected(Experience experience) {
        return store.read(connection -> Sql.number(
                        connection,
                        "SELECT count(*) FROM experience WHERE skill = ? AND hash = ? AND role = 'AVOID'",
                        skill,
                        hash(experience)))
                > 0;
    }

    /** Drops an earlier rejection; in a transaction. */
    void forgive(Connection connection, Experience experience) throws SQLException {
        Sql.update(
                connection,
                "DELETE FROM experience WHERE skill = ? AND hash = ? AND role = 'AVOID'",
                skill,
                hash(experience));
    }

    /** The next experiences of the queue. */
    List<Stored> waiting(long cursor, int limit) {
        return list("role = 'LEARN' AND id > ? ORDER BY id LIMIT ?", cursor, limit);
    }

    /** Those to learn from up to one of them, oldest first. */
    List<Stored> readUpTo(long last) {
        return list("role = 'LEARN' AND id <= ? ORDER BY id", last);
    }

    /** What keys were made with. */
    record KeysOf(String baseDigest, int sequenceLength) {
        private String label() {
            return baseDigest + ", " + sequenceLength;
        }
    }

    /** An experience with the keys of its states. */
    @SuppressWarnings("ArrayRecordComponent") // of its maker, which does not change it
    record Keyed(long id, Experience experience, byte[] keys) {}

    boolean hasKeys(long id, KeysOf origin) {
        return store.read(connection -> Sql.number(
                        connection, "SELECT count(*) FROM experience WHERE id = ? AND keys_of = ?", id, origin.label()))
                > 0;
    }

    /** Stores the keys of experiences by their ids. */
    void keepKeys(Map<Long, byte[]> keys, KeysOf origin) {
        store.inTransaction(connection -> {
            for (Map.Entry<Long, byte[]> of : keys.entrySet()) {
                Sql.update(
                        connection,
                        "UPDATE experience SET keys_of = ?, keys = ? WHERE id = ?",
                        origin.label(),
                        of.getValue(),
                        of.getKey());
            }
            return keys;
        });
    }

    /** Those to learn from after one and up to another that have such keys, oldest first. */
    List<Keyed> keyed(long after, long last, KeysOf origin) {
        return store.read(connection -> Sql.list(
                connection,
                "SELECT " + COLUMNS + ", keys FROM experience WHERE skill = ? AND role = 'LEARN' AND id > ? AND id <= ?"
                        + " AND keys_of = ? ORDER BY id",
                row -> new Keyed(row.getLong(1), row(row).experience(), row.getBytes(8)),
                skill,
                after,
                last,
                origin.label()));
    }

    /** The newest to learn from; 0 if there is none. */
    long newest() {
        return store.read(connection -> Sql.number(
                connection, "SELECT coalesce(max(id), 0) FROM experience WHERE skill = ? AND role = 'LEARN'", skill));
    }

    /** Those of the gate, oldest first. */
    List<Stored> validation(int limit) {
        return list("role = 'VALIDATE' ORDER BY id LIMIT ?", limit);
    }

    /** The newest that have been scored. */
    List<Stored> scored(int limit) {
        return list("nats IS NOT NULL AND role <> 'AVOID' ORDER BY id DESC LIMIT ?", limit);
    }

    List<Stored> byId(List<Long> ids) {
        List<Stored> found = new ArrayList<>();
        for (long id : ids) {
            found.addAll(list("id = ?", id));
        }
        return found;
    }

    private List<Stored> list(String condition, Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = skill;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return store.read(connection -> Sql.list(
                connection,
                "SELECT " + COLUMNS + " FROM experience WHERE skill = ? AND " + condition,
                Experiences::row,
                all));
    }

    private static Stored row(ResultSet row) throws SQLException {
        double nats = row.getDouble(7);
        boolean unknown = row.wasNull();
        return new Stored(
                row.getLong(1),
                new Experience(
                        row.getString(2),
                        row.getString(3),
                        Experience.Verdict.valueOf(row.getString(4)),
                        row.getString(5),
                        Instant.parse(row.getString(6))),
                unknown ? null : nats);
    }

    /** Puts those after the cursor back into the queue, as going back in history asks for; in a transaction. */
    static void requeueAfter(Connection connection, String skill, long cursor) throws SQLException {
        Sql.update(
                connection,
                "UPDATE experience SET slot = NULL, priority = NULL WHERE skill = ? AND id > ?",
                skill,
                cursor);
    }

    void countRefusal(Connection connection) throws SQLException {
        Sql.update(connection, "UPDATE learner SET refused = refused + 1 WHERE skill = ?", skill);
    }

    BufferStatus status(int capacity) {
        return store.read(connection -> Sql.first(
                        connection,
                        "SELECT (SELECT count(*) FROM experience e WHERE e.skill = l.skill AND role = 'LEARN' AND id > cursor),"
                                + " (SELECT count(*) FROM experience e WHERE e.skill = l.skill AND slot IS NOT NULL),"
                                + " refused FROM learner l WHERE skill = ?",
                        row -> new BufferStatus(row.getInt(1), row.getInt(2), row.getInt(3), capacity),
                        skill))
                .orElse(new BufferStatus(0, 0, 0, capacity));
    }
}
