package dev.apprentice.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The state of one home folder. Acknowledged changes survive a kill at any moment. */
public interface Store {

    /** The home folder. */
    Path home();

    /**
     * Brings the tables of one room up to date: statement i is run once, when the room's schema version is i. Only append to the
     * list, never change it.
     */
    void migrate(String room, List<String> statements);

    /**
     * Runs work in the one write transaction; commits when it returns, rolls everything back when it throws. A call from within
     * work joins the transaction that is under way.
     */
    <T> T inTransaction(Work<T> work);

    /** Runs read-only work on a consistent snapshot; inside a transaction it sees that transaction's changes. */
    <T> T read(Work<T> work);

    /** Runs the action after the transaction under way has been committed, at once if there is none, never if it rolls back. */
    void afterCommit(Runnable action);

    Blobs blobs();

    AuditLog audit();

    /** Something done with a database connection. */
    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }
}
