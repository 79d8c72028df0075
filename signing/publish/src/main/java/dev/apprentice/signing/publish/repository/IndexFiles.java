package dev.apprentice.signing.publish.repository;

import dev.apprentice.signing.verify.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The search index as files: {@code index.json} holds {@code skills}, or names its {@code parts}, each of which holds the skills
 * whose paths have a hash that begins alike. A skill that changes then changes one small file, whatever else the marketplace has.
 */
public final class IndexFiles {
    static final String INDEX = "index.json";
    static final String FOLDER = "index/";
    /** About 300 kB, which no connection minds. */
    private static final int MOST_SKILLS = 512;

    private static final int HEX = 16;

    private IndexFiles() {}

    /**
     * The files of an index, by their paths.
     *
     * @param skills entries, each with its target's {@code path}
     */
    public static Map<String, byte[]> of(List<JsonNode> skills) {
        int digits = 0;
        for (long room = MOST_SKILLS; room < skills.size(); room *= HEX) {
            digits++;
        }
        if (digits == 0) {
            return Map.of(INDEX, file("skills", skills));
        }
        Map<String, List<JsonNode>> parts = new TreeMap<>();
        for (JsonNode skill : skills) {
            String hash = Sha256.hex(skill.path("path").stringValue().getBytes(StandardCharsets.UTF_8));
            parts.computeIfAbsent(FOLDER + hash.substring(0, digits) + ".json", any -> new ArrayList<>())
                    .add(skill);
        }
        Map<String, byte[]> files = new TreeMap<>();
        ObjectNode index = JsonMapper.shared().createObjectNode();
        ArrayNode names = index.putArray("parts");
        parts.forEach((path, members) -> {
            names.add(path);
            files.put(path, file("skills", members));
        });
        files.put(INDEX, JsonMapper.shared().writeValueAsBytes(index));
        return files;
    }

    static byte[] file(String name, List<JsonNode> items) {
        ObjectNode file = JsonMapper.shared().createObjectNode();
        file.putArray(name).addAll(items);
        return JsonMapper.shared().writeValueAsBytes(file);
    }
}
