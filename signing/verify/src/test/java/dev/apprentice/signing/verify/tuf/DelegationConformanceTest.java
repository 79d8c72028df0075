package dev.apprentice.signing.verify.tuf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.signing.verify.tuf.TufException.Code;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class DelegationConformanceTest extends Conformance {
    /** Delegations are written as {@code delegator>role}, with {@code !} behind a terminating one and {@code =} before its path. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "basic-delegation, targets>A, A",
        "single-level-delegations, targets>A targets>B, A B",
        "two-level-delegations, targets>A targets>B B>C, A B C",
        "two-level-test-DFS-order-of-traversal, targets>A targets>B A>C A>D, A C D B",
        "three-level-delegation-test-DFS-order-of-traversal, targets>A targets>B A>C C>D, A C D B",
        "two-level-terminating-ignores-all-but-roles-descendants, targets>A targets>B A>C! A>D, A C",
        "three-level-terminating-ignores-all-but-roles-descendants, targets>A targets>B A>C! C>D, A C D",
        "two-level-ignores-all-branches-not-matching-paths, targets>A=*.py targets>B A>C, B",
        "three-level-ignores-all-branches-not-matching-paths, targets>A targets>B A>C=*.py C>D, A B",
        "cyclic-graph, targets>A targets>B B>C C>D D>B, A B C D",
        "two-roles-delegating-to-a-third, targets>A targets>B B>C A>C, A C B",
        "two-roles-delegating-to-a-third-different-paths, targets>A targets>B B>C A>C=*.py, A B C",
    })
    void graphTraversal(String name, String delegations, String visited) {
        init();
        Set<String> changed = new LinkedHashSet<>();
        for (String delegation : delegations.split(" ")) {
            String[] parts = delegation.split("[>=]");
            String role = parts[1].replace("!", "");
            repo.delegate(parts[0], role, parts[1].endsWith("!"), parts.length > 2 ? parts[2] : "*");
            changed.addAll(List.of(parts[0], role));
        }
        changed.addAll(List.of("snapshot", "timestamp"));
        changed.remove("snapshot");
        changed.remove("timestamp");
        repo.publish(changed.toArray(String[]::new));
        repo.publish("snapshot", "timestamp");
        assertThat(download("missingpath")).contains(Code.NOT_FOUND);
        assertThat(repo.requests.subList(4, repo.requests.size()))
                .as(name)
                .containsExactly(Arrays.stream(visited.split(" "))
                        .map(role -> role + " 1")
                        .toArray(String[]::new));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "no delegations, targetfile, true,",
        "targetpath matches wildcard, README.md, true, A",
        "targetpath with separators x, releases/x/x_v1, true, B C",
        "targetpath with separators y, releases/y/y_v1.zip, true, B D",
        "targetpath is not delegated by all roles in the chain, releases/z/z_v1.zip, false, B",
        "wildcard does not match path separator, releases/README.md, false,",
        "targetpath matches question mark wildcard, foo-1.tgz, true, A",
        "targetpath does not match question mark wildcard, foo-alpha.tgz, false,",
        "targetpath matching is case sensitive, README.MD, false,",
    })
    void targetfileSearch(String name, String path, boolean found, @Nullable String visited) {
        init();
        repo.delegate("targets", "A", false, "*.doc", "*.md", "foo-?.tgz");
        repo.delegate("targets", "B", false, "releases/*/*");
        repo.delegate("B", "C", false, "releases/x/*");
        repo.delegate("B", "D", false, "releases/y/*.zip");
        repo.addArtifact("targets", "targetfile", "of targets");
        for (String ofA : List.of("README.md", "releases/README.md", "foo-1.tgz", "foo-alpha.tgz")) {
            repo.addArtifact("A", ofA, "of A");
        }
        repo.addArtifact("C", "releases/x/x_v1", "of C");
        repo.addArtifact("D", "releases/y/y_v1.zip", "of D");
        repo.addArtifact("D", "releases/z/z_v1.zip", "of D");
        repo.publish("A", "B", "C", "D", "targets", "snapshot", "timestamp");
        if (found) {
            assertThat(download(path)).as(name).isEmpty();
            String last = visited == null ? "targets" : visited.substring(visited.length() - 1);
            assertThat(downloaded()).containsExactly("of " + last);
        } else {
            assertThat(download(path)).as(name).contains(Code.NOT_FOUND);
        }
        assertThat(repo.requests.subList(4, repo.requests.size()))
                .containsExactly(
                        visited == null
                                ? new String[0]
                                : Arrays.stream(visited.split(" "))
                                        .map(role -> role + " 1")
                                        .toArray(String[]::new));
    }

    @Test
    void cachedRoleIsVerifiedAgainstCurrentDelegator() {
        init();
        repo.delegate("targets", "parent-a", false, "team-a/*");
        repo.delegate("targets", "parent-b", false, "team-b/*");
        repo.delegate("parent-a", "release", false, "team-a/*");
        repo.delegate("parent-b", "release", false, "team-b/*");
        String keyOfB = repo.keyids("parent-b", "release").get(0).stringValue();
        Objects.requireNonNull(repo.signers("release").remove(keyOfB));
        repo.addArtifact("release", "team-a/trusted_root.json", "trusted A");
        repo.addArtifact("release", "team-b/trusted_root.json", "malicious B");
        repo.publish("release", "parent-a", "parent-b", "targets", "snapshot", "timestamp");
        assertThat(download("team-a/trusted_root.json", "team-b/trusted_root.json"))
                .contains(Code.SIGNATURES);
        assertThat(downloaded()).containsExactly("trusted A");
    }

    @Test
    void delegationNotInSnapshot() {
        init();
        repo.delegate("targets", "delegated", false, "delegatedpath/*");
        repo.publish("delegated", "targets");
        ((ObjectNode) repo.role("snapshot").path("meta")).remove("delegated.json");
        repo.publish("snapshot", "timestamp");
        refreshes();
        repo.requests.clear();
        assertThat(download("delegatedpath/foo")).contains(Code.NOT_FOUND);
        assertThat(trusted()).noneMatch(role -> role.startsWith("delegated"));
        assertThat(repo.requests).containsExactly("root 2", "timestamp");
    }

    @ParameterizedTest
    @ValueSource(strings = {"?", "#", "/delegatedrole", "../delegatedrole"})
    void unusualRoleName(String role) {
        init();
        repo.delegate("targets", role, false, "*");
        repo.publish(role, "targets", "snapshot", "timestamp");
        assertThat(download("nonexistent target")).contains(Code.NOT_FOUND);
        assertThat(repo.requests).contains(UrlPath.encode(role) + " 1");
        assertThat(trusted()).hasSize(5);
        assertThat(metadata().getParent()).isDirectoryNotContaining("glob:**.json");
    }
}
