package dev.apprentice.launcher.command;

import dev.apprentice.launcher.ReproducibleJar;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The smallest skill for a base model: its adapter starts blank and is learned where it is installed.
 *
 * @param base digest of the base model
 * @param rank of the LoRA adapter, on all linear layers
 * @param validation texts that learning must not make worse, separated by lines of {@code =====}
 */
record SkillDraft(
        String id, String version, String name, String description, String base, int rank, String validation) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The skill's jar, not signed yet. */
    byte[] jar() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("META-INF/MANIFEST.MF", manifest().getBytes(StandardCharsets.UTF_8));
        files.put("META-INF/apprentice/skill.json", descriptor().getBytes(StandardCharsets.UTF_8));
        files.put("validation.txt", validation.getBytes(StandardCharsets.UTF_8));
        return ReproducibleJar.of(files);
    }

    private String manifest() {
        return String.join(
                "\r\n",
                "Manifest-Version: 1.0",
                "Bundle-ManifestVersion: 2",
                "Bundle-SymbolicName: skill." + id,
                "Bundle-Version: " + version,
                "",
                "");
    }

    private String descriptor() {
        ObjectNode descriptor = JSON.createObjectNode();
        descriptor.put("id", id);
        descriptor.put("version", version);
        descriptor.put("name", name);
        descriptor.put("description", description);
        descriptor.putObject("base").put("digest", base);
        descriptor.putObject("blankAdapter").put("rank", rank).put("alpha", 2 * rank);
        ObjectNode prompt = descriptor.putObject("prompt");
        prompt.put("template", "{prompt}");
        prompt.put("maxTokens", 64);
        prompt.put("temperature", 0);
        descriptor.put("validation", "validation.txt");
        descriptor.putArray("permissions");
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(descriptor);
    }
}
