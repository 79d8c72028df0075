package dev.apprentice.signing.publish.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class IndexFilesTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    private static List<JsonNode> skills(int count) {
        List<JsonNode> skills = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            skills.add(JSON.createObjectNode().put("id", "skill-" + i).put("path", "ada/skill-" + i + "-1.0.0.jar"));
        }
        return skills;
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "512, 1", "513, 17", "8192, 17", "8193, 257"})
    void aLargeIndexIsMadeOfPartsThatHoldEachSkillOnce(int count, int expectedFiles) {
        List<JsonNode> skills = skills(count);
        Map<String, byte[]> files = IndexFiles.of(skills);
        assertThat(files).hasSize(expectedFiles);
        JsonNode index = JSON.readTree(files.get("index.json"));
        List<JsonNode> read = new ArrayList<>(index.path("skills").valueStream().toList());
        for (JsonNode part : index.path("parts")) {
            read.addAll(JSON.readTree(files.get(part.stringValue()))
                    .path("skills")
                    .valueStream()
                    .toList());
        }
        assertThat(read).containsExactlyInAnyOrderElementsOf(skills);
    }

    @Test
    void oneChangedSkillChangesOneFile() {
        List<JsonNode> skills = skills(10_000);
        Map<String, byte[]> before = IndexFiles.of(skills);
        ((ObjectNode) skills.get(4321)).put("description", "changed");
        Map<String, byte[]> after = IndexFiles.of(skills);
        assertThat(after.keySet()).isEqualTo(before.keySet());
        Set<String> changed = new HashSet<>(after.keySet());
        changed.removeIf(path -> Arrays.equals(before.get(path), after.get(path)));
        assertThat(changed).hasSize(1).allMatch(path -> path.startsWith("index/"));
    }
}
