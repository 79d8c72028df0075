package dev.apprentice.signing.verify.tuf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.signing.verify.tuf.TufException.Code;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class FileDownloadConformanceTest extends Conformance {
    private static final String[] NEWS = {"targets", "snapshot", "timestamp"};

    @Test
    void clientDownloadsExpectedFile() {
        init();
        repo.addArtifact("targets", "target_file.txt", "contents");
        repo.publish(NEWS);
        refreshes();
        assertThat(downloaded()).isEmpty();
        assertThat(download("target_file.txt")).isEmpty();
        assertThat(downloaded()).containsExactly("contents");
    }

    @Test
    void clientDownloadsExpectedFileInSubDir() {
        init();
        repo.addArtifact("targets", "path/to/a/target_file.txt", "contents");
        repo.publish(NEWS);
        assertThat(download("path/to/a/target_file.txt")).isEmpty();
        assertThat(downloaded()).containsExactly("contents");
    }

    @Test
    void repositorySubstitutesTargetFile() {
        init();
        repo.addArtifact("targets", "one", "first contents");
        repo.addArtifact("targets", "other", "second");
        repo.publish(NEWS);
        assertThat(download("one")).isEmpty();
        byte[] malicious = "malicious data, which must not come in".getBytes(StandardCharsets.UTF_8);
        repo.artifacts.put("one", malicious);
        repo.artifacts.put("other", malicious);
        assertThat(download("one")).isEmpty();
        assertThat(download("other")).contains(Code.LIMIT);
        repo.artifacts.put("other", "SECOND".getBytes(StandardCharsets.UTF_8));
        assertThat(download("other")).contains(Code.MISMATCH);
        assertThat(downloaded()).containsExactly("first contents");
    }

    @Test
    void multipleChangesToTarget() {
        init();
        repo.addArtifact("targets", "changing", "contents");
        repo.publish(NEWS);
        assertThat(download("changing")).isEmpty();
        Set<String> others = new HashSet<>();
        for (int i = 0; i < 11; i++) {
            repo.addArtifact("targets", "changing", "contents " + i);
            repo.addArtifact("targets", "new-" + i, "new " + i);
            repo.publish(NEWS);
            if (i % 5 == 0) {
                assertThat(download("changing", "new-" + i)).isEmpty();
                others.add("new " + i);
                Set<String> expected = new HashSet<>(others);
                expected.add("contents " + i);
                assertThat(downloaded()).containsExactlyInAnyOrderElementsOf(expected);
                repo.artifacts.put("changing", ("malicious " + i).getBytes(StandardCharsets.UTF_8));
                repo.publish(NEWS);
                assertThat(download("changing")).isEmpty();
                assertThat(downloaded()).containsExactlyInAnyOrderElementsOf(expected);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256", "sha512", "sha256,sha512"})
    void downloadWithHashAlgorithms(String algorithms) {
        init();
        repo.addArtifact("targets", "target_file.txt", "contents", algorithms.split(","));
        repo.publish(NEWS);
        assertThat(download("target_file.txt")).isEmpty();
        assertThat(repo.downloads).hasSize(1);
        assertThat(downloaded()).containsExactly("contents");
    }

    @Test
    void downloadWithUnknownHashAlgorithm() {
        init();
        repo.addArtifact("targets", "target_file.txt", "contents", "sha512");
        ObjectNode hashes = (ObjectNode)
                repo.role("targets").path("targets").path("target_file.txt").path("hashes");
        hashes.set("unknown-hash", hashes.remove("sha512"));
        repo.publish(NEWS);
        assertThat(download("target_file.txt")).contains(Code.MISMATCH);
        assertThat(downloaded()).isEmpty();
    }

    @Test
    void artifactCache() {
        init();
        repo.addArtifact("targets", "target_file.txt", "contents");
        repo.publish(NEWS);
        assertThat(download("target_file.txt")).isEmpty();
        assertThat(download("target_file.txt")).isEmpty();
        assertThat(repo.downloads).hasSize(1);
    }
}
