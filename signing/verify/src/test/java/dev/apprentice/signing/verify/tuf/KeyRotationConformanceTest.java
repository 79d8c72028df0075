package dev.apprentice.signing.verify.tuf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.signing.verify.tuf.TufException.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each version is written as {@code keys/threshold/signers}, keys by their number. */
class KeyRotationConformanceTest extends Conformance {
    private static final List<TestKey> KEYS =
            IntStream.range(0, 10).mapToObj(i -> TestKey.ed25519()).toList();

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "1-of-1-key-rotation, true, 1/1/1 2/1/21 2/1/2",
        "1-of-1-key-rotation-unused-signatures, true, 1/1/314 2/1/3214 2/1/324",
        "3-of-5-sign-with-different-keycombos, true, 01234/3/024 01234/3/041 01234/3/013 01234/3/013",
        "3-of-5-one-key-rotated, true, 01234/3/024 01345/3/041",
        "3-of-5-one-key-rotated-with-intermediate-step, true, 01234/3/024 01345/3/0245 01345/3/045",
        "3-of-5-all-keys-rotated-with-intermediate-step, true, 01234/3/024 56789/3/024567 56789/3/567",
        "1-of-3-threshold-increase-to-2-of-3, true, 123/1/1 123/2/12",
        "2-of-3-threshold-decrease-to-1-of-3, true, 123/2/12 123/1/12 123/1/1",
        "1-of-2-threshold-increase-to-2-of-2, true, 1/1/1 12/2/12",
        "1-of-1-key-rotation-fail-not-signed-with-old-key, false, 1/1/1 2/1/234",
        "1-of-1-key-rotation-fail-not-signed-with-new-key, false, 1/1/1 2/1/134",
        "3-of-5-one-key-rotate-fails-not-signed-with-3-new-keys, false, 01234/3/024 01345/3/024",
        "3-of-5-one-key-rotate-fails-not-signed-with-3-old-keys, false, 01234/3/024 01345/3/045",
        "1-of-3-threshold-bump-to-2-of-3-fails-new-threshold-not-reached, false, 123/1/1 123/2/2",
        "2-of-3-threshold-decr-to-1-of-3-fails-old-threshold-not-eached, false, 123/2/12 123/1/1",
    })
    void rootRotation(String name, boolean accepted, String versions) throws Exception {
        repo.published.remove("root");
        for (String version : versions.split(" ")) {
            setKeys("root", version);
            repo.publish("root");
        }
        repo.publish("targets", "snapshot", "timestamp");
        init();
        assertThat(refresh()).isEqualTo(accepted ? Optional.empty() : Optional.of(Code.SIGNATURES));
        int last = versions.split(" ").length;
        assertThat(stored("root")).as(name).isEqualTo(published("root", accepted ? last : last - 1));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "1-of-1-key-rotation, true, 2/1/2",
        "1-of-1-key-rotation-unused-signatures, true, 1/1/314",
        "1-of-1-key-rotation-fail-not-signed-with-new-key, false, 2/1/134",
        "3-of-5-one-key-signature-wrong-not-signed-with-3-expected-keys, false, 01345/3/024",
        "2-of-5-one-key-signature-mising-threshold-not-reached, false, 01345/3/04",
        "3-of-5-sign-first-combo, true, 01234/3/024",
        "3-of-5-sign-second-combo, true, 01234/3/041",
        "3-of-5-sign-third-combo, true, 01234/3/013",
        "3-of-5-sign-fourth-combo, true, 01234/3/123",
        "3-of-5-sign-fifth-combo, true, 01234/3/234",
    })
    void nonRootRotations(String name, boolean accepted, String version) throws Exception {
        init();
        for (String role : List.of("timestamp", "snapshot", "targets")) {
            setKeys(role, version);
            repo.publish("root", "targets", "snapshot", "timestamp");
            if (accepted) {
                refreshes();
                assertThat(stored(role)).as(name).isEqualTo(repo.latest(role));
            } else {
                refuses(Code.SIGNATURES);
            }
        }
    }

    private void setKeys(String role, String version) {
        String[] parts = version.split("/");
        repo.keyids("root", role).removeAll();
        for (TestKey key : keys(parts[0])) {
            repo.addKey("root", role, key);
        }
        repo.topRole(role).put("threshold", Integer.parseInt(parts[1]));
        repo.signers(role).clear();
        for (TestKey key : keys(parts[2])) {
            repo.signers(role).put(key.id(), key);
        }
    }

    private static List<TestKey> keys(String numbers) {
        Stream<TestKey> keys = numbers.chars().mapToObj(digit -> KEYS.get(digit - '0'));
        return new ArrayList<>(keys.toList());
    }
}
