package dev.apprentice.signing.verify.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.signing.verify.tuf.TufException.Code;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class BasicConformanceTest extends Conformance {
    private static final String[] ALL = {"root", "targets", "snapshot", "timestamp"};

    @Test
    void basicRefreshRequests() {
        init();
        refreshes();
        assertThat(repo.requests).containsExactly("root 2", "timestamp", "snapshot 1", "targets 1");
    }

    @Test
    void basicRefreshTrustedData() throws Exception {
        init();
        refreshes();
        for (String role : ALL) {
            assertThat(stored(role)).isEqualTo(repo.latest(role));
        }
    }

    @Test
    void implicitRefresh() {
        init();
        assertThat(download("nonexistent artifact")).contains(Code.NOT_FOUND);
        assertThat(repo.requests).containsExactly("root 2", "timestamp", "snapshot 1", "targets 1");
        assertThat(trusted()).containsExactly("root 1", "snapshot 1", "targets 1", "timestamp 1");
    }

    @Test
    void invalidInitialRoot() {
        repo.root().remove("version");
        assertThatThrownBy(() -> TufClient.initialize(metadata(), repo.sign("root")))
                .isInstanceOf(TufException.class)
                .hasMessageContaining("version");
        refuses(Code.NOT_INITIALIZED);
        assertThat(repo.requests).isEmpty();
    }

    @Test
    void unsignedInitialRoot() {
        ObjectNode root = (ObjectNode) RepositorySimulator.JSON.readTree(repo.latest("root"));
        ((ObjectNode) root.path("signatures").get(0)).put("sig", "ab".repeat(64));
        assertThatThrownBy(() -> TufClient.initialize(metadata(), RepositorySimulator.JSON.writeValueAsBytes(root)))
                .isInstanceOfSatisfying(
                        TufException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(Code.SIGNATURES));
        refuses(Code.NOT_INITIALIZED);
        assertThat(repo.requests).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "root, root 1",
        "timestamp, root 2",
        "snapshot, root 2;timestamp 2",
        "targets, root 2;snapshot 2;timestamp 2",
    })
    void unsignedMetadata(String role, String trusted) {
        byte[] first = repo.latest("root");
        repo.removeOneSigner(role);
        repo.publish(ALL);
        TufClient.initialize(metadata(), first);
        refuses(Code.SIGNATURES);
        assertThat(trusted()).containsExactly(trusted.split(";"));
    }

    @ParameterizedTest
    @CsvSource({
        "root, root 1",
        "snapshot, root 2;timestamp 2",
        "targets, root 2;snapshot 2;timestamp 2",
    })
    void urlAndMetadataVersionMismatch(String role, String trusted) {
        init();
        repo.version(role, 2);
        repo.publish(ALL);
        if (!role.equals("root")) {
            // The file of version 3 lies under the name of version 2.
            String above = role.equals("snapshot") ? "timestamp" : "snapshot";
            ((ObjectNode) repo.role(above).path("meta").path(role + ".json")).put("version", 2);
            for (String again : role.equals("snapshot") ? List.of("timestamp") : List.of("snapshot", "timestamp")) {
                repo.version(again, 2);
                if (again.equals("timestamp")) {
                    ((ObjectNode) repo.role("timestamp").path("meta").path("snapshot.json")).put("version", 2);
                }
                repo.replaceLatest(again, repo.sign(again));
            }
        }
        refuses(Code.MISMATCH);
        assertThat(trusted()).containsExactly(trusted.split(";"));
    }

    @Test
    void timestampContentChanges() throws Exception {
        init();
        refreshes();
        byte[] before = stored("timestamp");
        ((ObjectNode) repo.role("timestamp").path("meta").path("snapshot.json")).put("version", 100);
        repo.replaceLatest("timestamp", repo.sign("timestamp"));
        refreshes();
        assertThat(repo.requests.getLast()).isEqualTo("timestamp");
        assertThat(stored("timestamp")).isEqualTo(before);
    }

    @Test
    void basicMetadataHashSupport() {
        refreshWithHashes();
        assertThat(trusted()).containsExactly("root 1", "snapshot 2", "targets 2", "timestamp 2");
    }

    private void refreshWithHashes() {
        init();
        repo.hashesInMetadata = true;
        repo.publish("targets", "snapshot", "timestamp");
        refreshes();
    }

    @Test
    void targetsHashMismatch() {
        refreshWithHashes();
        repo.publish("targets");
        ((ObjectNode) repo.role("snapshot").path("meta").path("targets.json").path("hashes"))
                .put("sha256", "0".repeat(64));
        repo.publish("snapshot", "timestamp");
        refuses(Code.MISMATCH);
        assertThat(trusted()).containsExactly("root 1", "snapshot 3", "targets 2", "timestamp 3");
    }

    @Test
    void snapshotHashMismatch() {
        refreshWithHashes();
        repo.publish("snapshot");
        ((ObjectNode) repo.role("timestamp").path("meta").path("snapshot.json").path("hashes"))
                .put("sha256", "0".repeat(64));
        repo.publish("timestamp");
        refuses(Code.MISMATCH);
        assertThat(trusted()).containsExactly("root 1", "snapshot 2", "targets 2", "timestamp 3");
    }

    @Test
    void metadataBytesMatch() throws Exception {
        init();
        byte[] spaced = Arrays.copyOf(repo.latest("timestamp"), repo.latest("timestamp").length + 1);
        spaced[spaced.length - 1] = ' ';
        repo.replaceLatest("timestamp", spaced);
        refreshes();
        assertThat(stored("timestamp")).isEqualTo(spaced);
    }

    @Test
    void customFields() {
        init();
        refreshes();
        TestKey key = TestKey.ed25519();
        key.description().putObject("extra-field").put("a", 1).put("b", 2);
        repo.root().put("custom-field", "value");
        repo.addKey("root", "root", key);
        repo.topRole("root").put("another-field", "value");
        repo.publish("root");
        refreshes();
        assertThat(trusted()).contains("root 2");
    }

    @Test
    void deprecatedKeyidHashAlgorithms() {
        init();
        repo.keyids("root", "snapshot").removeAll();
        repo.signers("snapshot").clear();
        TestKey key = TestKey.ed25519();
        key.description().put("keyid_hash_algorithms", "md5");
        repo.addKey("root", "snapshot", key);
        repo.publish("root", "snapshot", "timestamp");
        refreshes();
        assertThat(trusted()).contains("root 2", "snapshot 2");
    }

    @Test
    void snapshot404() {
        init();
        refreshes();
        ((ObjectNode) repo.role("timestamp").path("meta").path("snapshot.json")).put("version", 2);
        repo.publish("timestamp");
        refuses(Code.NOT_FOUND);
        assertThat(repo.requests.getLast()).isEqualTo("snapshot 2");
        assertThat(trusted()).containsExactly("root 1", "snapshot 1", "targets 1", "timestamp 2");
    }

    @Test
    void targets404() {
        init();
        refreshes();
        ((ObjectNode) repo.role("snapshot").path("meta").path("targets.json")).put("version", 2);
        repo.publish("snapshot", "timestamp");
        refuses(Code.NOT_FOUND);
        assertThat(repo.requests.getLast()).isEqualTo("targets 2");
        assertThat(trusted()).containsExactly("root 1", "snapshot 2", "targets 1", "timestamp 2");
    }

    @Test
    void timestamp404() {
        init();
        refreshes();
        repo.published.remove("timestamp");
        refuses(Code.NOT_FOUND);
        assertThat(repo.requests.getLast()).isEqualTo("timestamp");
    }

    @Test
    void incorrectMetadataType() {
        init();
        repo.addKey(
                "root",
                "snapshot",
                repo.signers("timestamp").values().iterator().next());
        ObjectNode meta = repo.role("snapshot").putObject("meta");
        meta.putObject("snapshot.json").put("version", 1);
        repo.publish("root", "snapshot");
        repo.replaceLatest("timestamp", repo.latest("snapshot"));
        refuses(Code.MALFORMED);
        assertThat(trusted()).containsExactly("root 2");
    }

    @Test
    void faketime() {
        init();
        repo.expires("root", 7);
        repo.publish("root");
        refreshes();
        assertThat(refresh(8)).contains(Code.EXPIRED);
    }
}
