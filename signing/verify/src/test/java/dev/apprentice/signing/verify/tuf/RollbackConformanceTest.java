package dev.apprentice.signing.verify.tuf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.signing.verify.tuf.TufException.Code;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class RollbackConformanceTest extends Conformance {
    @Test
    void newTimestampVersionRollback() {
        init();
        repo.publish("timestamp");
        refreshes();
        repo.published.remove("timestamp");
        repo.version("timestamp", 1);
        repo.publish("timestamp");
        refuses(Code.ROLLBACK);
        assertThat(trusted()).contains("timestamp 2");
        assertThat(repo.requests.getLast()).isEqualTo("timestamp");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void snapshotRollback(boolean hashes) {
        init();
        repo.hashesInMetadata = hashes;
        repo.publish("snapshot", "timestamp");
        refreshes();
        repo.published.remove("snapshot");
        repo.version("snapshot", 1);
        repo.publish("snapshot", "timestamp");
        refuses(Code.ROLLBACK);
        assertThat(trusted()).contains("timestamp 2", "snapshot 2");
        assertThat(repo.requests.getLast()).isEqualTo("timestamp");
    }

    @Test
    void targetsRoleRemoval() {
        init();
        repo.delegate("targets", "delegated", false, "delegatedpath/*");
        repo.publish("delegated", "targets", "snapshot", "timestamp");
        refreshes();
        ((ObjectNode) repo.role("snapshot").path("meta")).remove("delegated.json");
        repo.publish("snapshot", "timestamp");
        refuses(Code.ROLLBACK);
        assertThat(trusted()).contains("snapshot 2");
    }

    @Test
    void targetsFastForwardRecovery() {
        init();
        repo.delegate("targets", "delegated", false, "delegatedpath/*");
        repo.publish("delegated");
        for (int i = 0; i < 99; i++) {
            repo.publish("targets");
        }
        repo.publish("snapshot", "timestamp");
        refreshes();
        assertThat(trusted()).contains("targets 100");
        repo.rotateKeys("snapshot");
        repo.published.remove("targets");
        repo.version("targets", 1);
        ((ObjectNode) repo.role("snapshot").path("meta")).remove("delegated.json");
        repo.publish("root", "targets", "snapshot", "timestamp");
        refreshes();
        assertThat(trusted()).contains("targets 1");
    }

    @Test
    void newSnapshotFastForwardRecovery() {
        init();
        for (int i = 0; i < 99; i++) {
            repo.publish("snapshot");
        }
        repo.publish("timestamp");
        refreshes();
        assertThat(trusted()).contains("snapshot 100");
        repo.rotateKeys("snapshot");
        repo.rotateKeys("timestamp");
        repo.published.remove("snapshot");
        repo.version("snapshot", 1);
        repo.publish("root", "targets", "snapshot", "timestamp");
        refreshes();
        assertThat(trusted()).contains("snapshot 1");
    }

    @Test
    void newTimestampFastForwardRecovery() {
        init();
        for (int i = 0; i < 99; i++) {
            repo.publish("timestamp");
        }
        refreshes();
        assertThat(trusted()).contains("timestamp 100");
        repo.rotateKeys("timestamp");
        repo.published.remove("timestamp");
        repo.version("timestamp", 1);
        repo.publish("root", "timestamp");
        refreshes();
        assertThat(trusted()).contains("timestamp 1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void targetsRollback(boolean hashes) {
        init();
        repo.hashesInMetadata = hashes;
        repo.publish("targets", "snapshot", "timestamp");
        refreshes();
        repo.published.remove("targets");
        repo.version("targets", 1);
        repo.publish("targets", "snapshot", "timestamp");
        refuses(Code.ROLLBACK);
        assertThat(trusted()).contains("snapshot 2", "targets 2");
    }
}
