package dev.apprentice.store.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.store.AuditEntry;
import dev.apprentice.store.AuditEvent;
import dev.apprentice.store.StoreException;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChainedAuditLogTest {
    @TempDir
    Path home;

    private SqliteStore store;

    @BeforeEach
    void open() {
        store = new SqliteStore(home, Clock.systemUTC());
        for (int i = 1; i <= 5; i++) {
            store.audit().append(AuditEvent.CYCLE_COMMITTED, "skill", "cycle " + i);
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void readsTheNewestFirstAndVerifies() {
        assertThat(store.audit().latest(2)).extracting(AuditEntry::detail).containsExactly("cycle 5", "cycle 4");
        assertThatCode(() -> store.audit().verify()).doesNotThrowAnyException();
    }

    @Test
    void anEntryOfATransactionThatRolledBackIsNotThere() {
        assertThatThrownBy(() -> store.inTransaction(connection -> {
                    store.audit().append(AuditEvent.CYCLE_COMMITTED, "skill", "never");
                    throw new IllegalStateException("on purpose");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(store.audit().latest(1)).extracting(AuditEntry::sequence).containsExactly(5L);
        assertThatCode(() -> store.audit().verify()).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE audit SET detail = 'cycle 9' WHERE sequence = 3",
                "UPDATE audit SET time = '2020-01-01T00:00:00Z' WHERE sequence = 3",
                "UPDATE audit SET event = 'NO_SUCH_EVENT' WHERE sequence = 3",
                "DELETE FROM audit WHERE sequence = 3",
                "DELETE FROM audit WHERE sequence = 5",
                "DELETE FROM audit_head"
            })
    void tamperingIsNoticed(String tampering) {
        store.inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate(tampering);
            }
        });

        assertThatThrownBy(() -> store.audit().verify())
                .isInstanceOfSatisfying(
                        StoreException.class, fault -> assertThat(fault.code()).isEqualTo(StoreException.Code.CORRUPT));
    }
}
