package dev.apprentice.learning.internal;

import java.util.List;

/** The tables of the learning room. */
final class Schema {
    static final String ROOM = "learning";

    /** One statement a version: only append. */
    static final List<String> STATEMENTS = List.of(
            // head and cursor are where learning stands; attempts counts cycles, committed or not, and seeds the next
            """
            CREATE TABLE learner(
              skill TEXT PRIMARY KEY, version TEXT NOT NULL, head TEXT NOT NULL, cursor INTEGER NOT NULL,
              attempts INTEGER NOT NULL, recorded INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0)""",
            // role LEARN: waits while id > learner.cursor, is in the replay buffer while it has a slot
            """
            CREATE TABLE experience(
              id INTEGER PRIMARY KEY AUTOINCREMENT, skill TEXT NOT NULL, role TEXT NOT NULL, prompt TEXT NOT NULL,
              answer TEXT NOT NULL, verdict TEXT NOT NULL, source TEXT NOT NULL, time TEXT NOT NULL, hash TEXT NOT NULL,
              nats REAL, slot INTEGER, priority REAL)""",
            "CREATE INDEX experience_role ON experience(skill, role, id)",
            "CREATE INDEX experience_hash ON experience(skill, hash)",
            """
            CREATE TABLE held_out(
              skill TEXT NOT NULL, position INTEGER NOT NULL, path TEXT NOT NULL, text TEXT NOT NULL,
              PRIMARY KEY(skill, position))""",
            // shipped_values and checkpoint name blobs; a commit without a checkpoint can only be looked at
            """
            CREATE TABLE learned_commit(
              sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, skill TEXT NOT NULL,
              version TEXT NOT NULL, parent TEXT, kind TEXT NOT NULL, time TEXT NOT NULL, cycle INTEGER NOT NULL,
              experiences INTEGER NOT NULL, adapter TEXT NOT NULL, validation TEXT, shipped TEXT NOT NULL,
              shipped_values TEXT NOT NULL, checkpoint TEXT, cursor INTEGER NOT NULL, attempts INTEGER NOT NULL,
              step INTEGER NOT NULL)""",
            "CREATE INDEX learned_commit_skill ON learned_commit(skill, sequence)",
            // the lines of the text that are measured, as LineRange writes them: at first all
            "ALTER TABLE held_out ADD COLUMN lines TEXT NOT NULL DEFAULT '0-1000000'",
            // the last experience that is recalled word for word
            "ALTER TABLE learned_commit ADD COLUMN recalled INTEGER NOT NULL DEFAULT 0",
            // the last one that is recalled by its states
            "ALTER TABLE learned_commit ADD COLUMN recalled_states INTEGER NOT NULL DEFAULT 0",
            // keys of the states of the base model in it, and what they were made with
            "ALTER TABLE experience ADD COLUMN keys_of TEXT",
            "ALTER TABLE experience ADD COLUMN keys BLOB",
            // how much what is recalled counts
            "ALTER TABLE learned_commit ADD COLUMN reliance REAL NOT NULL DEFAULT 0");

    private Schema() {}
}
