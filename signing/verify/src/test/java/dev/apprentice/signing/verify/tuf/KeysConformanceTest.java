package dev.apprentice.signing.verify.tuf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.signing.verify.tuf.TufException.Code;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class KeysConformanceTest extends Conformance {
    @Test
    void snapshotDoesNotMeetThreshold() {
        init();
        repo.topRole("snapshot").put("threshold", 3);
        repo.addKey("root", "snapshot", TestKey.ed25519());
        repo.addKey("root", "snapshot", TestKey.ed25519());
        repo.publish("root", "targets", "snapshot", "timestamp");
        refreshes();
        repo.removeOneSigner("snapshot");
        repo.publish("targets", "snapshot", "timestamp");
        refuses(Code.SIGNATURES);
        assertThat(trusted()).contains("snapshot 2");
    }

    @Test
    void snapshotHasTooFewKeys() {
        init();
        for (int i = 0; i < 4; i++) {
            repo.addKey("root", "snapshot", TestKey.ed25519());
        }
        repo.topRole("snapshot").put("threshold", 6);
        repo.publish("root", "snapshot", "timestamp");
        refuses(Code.SIGNATURES);
        assertThat(trusted()).containsExactly("root 2", "timestamp 2");
    }

    @Test
    void duplicateKeys() {
        init();
        TestKey key = TestKey.ed25519();
        for (int i = 0; i < 9; i++) {
            repo.addKey("root", "snapshot", key);
        }
        repo.topRole("snapshot").put("threshold", 6);
        repo.publish("root", "snapshot", "timestamp");
        JsonNode envelope = RepositorySimulator.JSON.readTree(repo.latest("snapshot"));
        ArrayNode signatures = (ArrayNode) envelope.path("signatures");
        for (int i = 0; i < 8; i++) {
            signatures.add(signatures.get(1));
        }
        repo.replaceLatest("snapshot", RepositorySimulator.JSON.writeValueAsBytes(envelope));
        refuses(Code.MALFORMED);
        assertThat(trusted()).doesNotContain("snapshot 2", "snapshot 1");
    }

    @Test
    void duplicateSigKeyids() {
        init();
        JsonNode envelope = RepositorySimulator.JSON.readTree(repo.latest("snapshot"));
        ArrayNode signatures = (ArrayNode) envelope.path("signatures");
        signatures.add(signatures.get(0));
        repo.replaceLatest("snapshot", RepositorySimulator.JSON.writeValueAsBytes(envelope));
        refuses(Code.MALFORMED);
        assertThat(trusted()).containsExactly("root 1", "timestamp 1");
    }

    @ParameterizedTest(name = "{0}/{1}")
    @CsvSource({"rsa, rsassa-pss-sha256", "ecdsa, ecdsa-sha2-nistp256", "ed25519, ed25519"})
    void keytypeAndScheme(String keytype, String scheme) {
        init();
        TestKey key = TestKey.create(keytype, scheme);
        repo.addKey("root", "root", key);
        repo.topRole("root").put("threshold", 2);
        repo.publish("root");
        refreshes();
        assertThat(trusted()).contains("root 2");
        repo.publish("root");
        // A signature of the right form, over something else.
        repo.replaceLatest("root", withSignature(repo.latest("root"), key.id(), key.sign(new byte[] {1})));
        refuses(Code.SIGNATURES);
        assertThat(trusted()).contains("root 2");
    }

    @Test
    void invalidSigInValidMetadata() {
        init();
        TestKey first = repo.signers("timestamp").values().iterator().next();
        String old = first.sign(CanonicalJson.encode(repo.role("timestamp")));
        repo.addKey("root", "timestamp", TestKey.ed25519());
        repo.publish("root", "timestamp");
        repo.replaceLatest("timestamp", withSignature(repo.latest("timestamp"), first.id(), old));
        refreshes();
        repo.publish("timestamp");
        repo.replaceLatest("timestamp", withSignature(repo.latest("timestamp"), first.id(), ""));
        refreshes();
        assertThat(trusted()).contains("timestamp 3");
    }

    private static byte[] withSignature(byte[] metadata, String keyid, String signature) {
        JsonNode envelope = RepositorySimulator.JSON.readTree(metadata);
        for (JsonNode one : envelope.path("signatures")) {
            if (one.path("keyid").stringValue().equals(keyid)) {
                ((ObjectNode) one).put("sig", signature);
            }
        }
        return RepositorySimulator.JSON.writeValueAsBytes(envelope);
    }
}
