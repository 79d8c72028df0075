package dev.apprentice.store.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.store.Store;
import dev.apprentice.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest {
    @TempDir
    Path home;

    private SqliteStore store;

    @BeforeEach
    void open() {
        store = new SqliteStore(home, Clock.systemUTC());
        store.migrate("test", List.of("CREATE TABLE word(text TEXT PRIMARY KEY)"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void keepsWhatWasCommittedOverARestart() {
        add("kept");
        store.close();
        store = new SqliteStore(home, Clock.systemUTC());

        assertThat(words()).containsExactly("kept");
    }

    @Test
    void aFailureRollsEverythingBackAndForgetsTheActions() {
        List<String> actions = new ArrayList<>();

        assertThatThrownBy(() -> store.inTransaction(connection -> {
                    add("lost");
                    store.afterCommit(() -> actions.add("never"));
                    throw new IllegalStateException("on purpose");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(words()).isEmpty();
        assertThat(actions).isEmpty();
    }

    @Test
    void aNestedCallJoinsAndActionsRunAfterTheOuterCommit() {
        List<String> seen = new ArrayList<>();

        store.inTransaction(connection -> {
            add("inner");
            store.afterCommit(() -> seen.addAll(words()));
            assertThat(seen).isEmpty();
            assertThat(words()).containsExactly("inner"); // a read inside sees the transaction's own changes
            return add("outer");
        });

        assertThat(seen).containsExactly("inner", "outer");
    }

    @Test
    void aNestedFailureThatIsCaughtStillRollsBackTheWhole() {
        assertThatThrownBy(() -> store.inTransaction(connection -> {
                    add("half");
                    try {
                        store.inTransaction(inner -> {
                            throw new IllegalStateException("on purpose");
                        });
                    } catch (IllegalStateException caught) {
                        assertThat(caught).hasMessage("on purpose");
                    }
                    return 0;
                }))
                .isInstanceOf(StoreException.class);

        assertThat(words()).isEmpty();
    }

    @Test
    void aReaderNeitherWaitsForTheWriterNorSeesItsChanges() {
        List<String> seen = new ArrayList<>();

        store.inTransaction(connection -> {
            add("uncommitted");
            Thread reader = Thread.ofVirtual().start(() -> seen.addAll(words()));
            try {
                assertThat(reader.join(Duration.ofSeconds(20))).isTrue();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
            return 0;
        });

        assertThat(seen).isEmpty();
        assertThat(words()).containsExactly("uncommitted");
    }

    @Test
    void aReaderCannotWrite() {
        assertThatThrownBy(() -> store.read(connection -> {
                    try (Statement statement = connection.createStatement()) {
                        return statement.executeUpdate("INSERT INTO word VALUES ('no')");
                    }
                }))
                .isInstanceOf(StoreException.class);
        assertThat(words()).isEmpty();
    }

    @Test
    void migrationsRunOnceAndInOrder() {
        store.migrate(
                "test", List.of("CREATE TABLE word(text TEXT PRIMARY KEY)", "INSERT INTO word VALUES ('second')"));
        store.migrate(
                "test", List.of("CREATE TABLE word(text TEXT PRIMARY KEY)", "INSERT INTO word VALUES ('second')"));

        assertThat(words()).containsExactly("second");
    }

    @Test
    void aFileThatIsNoDatabaseIsReportedAsDamaged(@TempDir Path other) throws Exception {
        Files.writeString(other.resolve("apprentice.db"), "this is text, not a database ".repeat(100));

        assertThatThrownBy(() -> new SqliteStore(other, Clock.systemUTC()))
                .isInstanceOfSatisfying(
                        StoreException.class, fault -> assertThat(fault.code()).isEqualTo(StoreException.Code.CORRUPT));
    }

    @Test
    void aFullDatabaseIsReportedAsAFullDiskAndChangesNothing() {
        assertThatThrownBy(() -> store.inTransaction(connection -> {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute("PRAGMA max_page_count = 20");
                        return statement.executeUpdate("INSERT INTO word VALUES (hex(randomblob(500000)))");
                    }
                }))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        fault -> assertThat(fault.code()).isEqualTo(StoreException.Code.DISK_FULL));
        assertThat(words()).isEmpty();
    }

    private int add(String word) {
        return store.inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate("INSERT INTO word VALUES ('" + word + "')");
            }
        });
    }

    private List<String> words() {
        Store.Work<List<String>> work = connection -> {
            List<String> found = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT text FROM word ORDER BY text")) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
            return found;
        };
        return store.read(work);
    }
}
