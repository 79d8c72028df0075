package dev.apprentice.store.internal;

import dev.apprentice.store.AuditLog;
import dev.apprentice.store.Blobs;
import dev.apprentice.store.Store;
import dev.apprentice.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * A store over {@code HOME/apprentice.db}: one writer under a lock, readers beside it on snapshots of the write-ahead log. A commit
 * returns when its log is on the disk (synchronous=FULL).
 */
final class SqliteStore implements Store, AutoCloseable {
    private static final int BUSY_MILLIS = 10_000;

    private final Path home;
    private final Path database;
    private final SQLiteDataSource source;
    private final ReentrantLock lock = new ReentrantLock();
    private final Connection writer;
    private final ConcurrentLinkedDeque<Connection> readers = new ConcurrentLinkedDeque<>();
    private final Transaction transaction = new Transaction(); // guarded by lock
    private final FileBlobs blobs;
    private final ChainedAuditLog audit;

    SqliteStore(Path home, Clock clock) {
        this.home = home;
        this.database = home.resolve("apprentice.db");
        this.source = dataSource(database);
        try {
            Files.createDirectories(home);
            this.writer = source.getConnection();
            writer.setAutoCommit(false);
        } catch (IOException fault) {
            throw Faults.of(fault, home);
        } catch (SQLException fault) {
            throw Faults.of(fault, database);
        }
        inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute("CREATE TABLE IF NOT EXISTS room("
                        + "name TEXT PRIMARY KEY, version INTEGER NOT NULL, retains INTEGER NOT NULL DEFAULT 0)");
            }
        });
        this.blobs = new FileBlobs(home.resolve("blobs"), this, clock);
        this.audit = new ChainedAuditLog(this, clock);
        blobs.sweep();
    }

    private static SQLiteDataSource dataSource(Path database) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setTransactionMode(SQLiteConfig.TransactionMode.DEFERRED);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(BUSY_MILLIS);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + database);
        return source;
    }

    @Override
    public Path home() {
        return home;
    }

    @Override
    public void migrate(String room, List<String> statements) {
        inTransaction(connection -> {
            int version = version(connection, room);
            try (Statement statement = connection.createStatement()) {
                for (String next : statements.subList(Math.min(version, statements.size()), statements.size())) {
                    statement.execute(next);
                }
            }
            try (PreparedStatement update = connection.prepareStatement("INSERT INTO room(name, version) VALUES (?, ?)"
                    + " ON CONFLICT(name) DO UPDATE SET version = excluded.version")) {
                update.setString(1, room);
                update.setInt(2, Math.max(version, statements.size()));
                return update.executeUpdate();
            }
        });
    }

    private static int version(Connection connection, String room) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT version FROM room WHERE name = ?")) {
            query.setString(1, room);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? row.getInt(1) : 0;
            }
        }
    }

    @Override
    public <T> T inTransaction(Work<T> work) {
        lock.lock();
        try {
            return transaction.isOpen() ? joined(work) : outermost(work);
        } finally {
            lock.unlock();
        }
    }

    /** A failure inside rolls back the whole transaction, even if the caller catches it: half of a change is never kept. */
    private <T> T joined(Work<T> work) {
        boolean done = false;
        try {
            T result = work.run(writer);
            done = true;
            return result;
        } catch (SQLException fault) {
            throw Faults.of(fault, database);
        } finally {
            if (!done) {
                transaction.doom();
            }
        }
    }

    private <T> T outermost(Work<T> work) {
        transaction.open();
        boolean committed = false;
        T result;
        try {
            result = work.run(writer);
            if (transaction.isDoomed()) {
                throw new StoreException(
                        StoreException.Code.FAILED,
                        "A part of this change failed, so all of it was rolled back: see the error before this one");
            }
            writer.commit();
            committed = true;
        } catch (SQLException fault) {
            throw Faults.of(fault, database);
        } finally {
            if (!committed) {
                transaction.close();
                rollBack(writer);
            }
        }
        // Still under the lock, so that actions run in the order of their commits.
        transaction.close().forEach(Actions::run);
        return result;
    }

    @Override
    public <T> T read(Work<T> work) {
        if (lock.isHeldByCurrentThread() && transaction.isOpen()) {
            return inTransaction(work);
        }
        Connection reader = reader();
        try {
            return work.run(reader);
        } catch (SQLException fault) {
            throw Faults.of(fault, database);
        } finally {
            rollBack(reader);
            readers.push(reader);
        }
    }

    private Connection reader() {
        Connection free = readers.poll();
        if (free != null) {
            return free;
        }
        try {
            Connection opened = source.getConnection();
            try (Statement statement = opened.createStatement()) {
                statement.execute("PRAGMA query_only = ON");
            }
            opened.setAutoCommit(false);
            return opened;
        } catch (SQLException fault) {
            throw Faults.of(fault, database);
        }
    }

    private void rollBack(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException fault) {
            // When the disk is full SQLite has rolled back by itself, and has nothing left to undo.
            if (!String.valueOf(fault.getMessage()).contains("no transaction is active")) {
                throw Faults.of(fault, database);
            }
        }
    }

    @Override
    public void afterCommit(Runnable action) {
        if (lock.isHeldByCurrentThread() && transaction.isOpen()) {
            transaction.afterCommit(action);
        } else {
            action.run();
        }
    }

    @Override
    public Blobs blobs() {
        return blobs;
    }

    @Override
    public AuditLog audit() {
        return audit;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            for (Connection reader : readers) {
                reader.close();
            }
            readers.clear();
            writer.close();
        } catch (SQLException fault) {
            throw Faults.of(fault, database);
        } finally {
            lock.unlock();
        }
    }
}
