package dev.apprentice.launcher.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
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

    /** Equal drafts are equal bytes. */
    private static final LocalDateTime TIME = LocalDateTime.of(2026, 1, 1, 0, 0);

    /** The skill's jar, not signed yet. */
    byte[] jar() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, "META-INF/MANIFEST.MF", manifest());
            put(zip, "META-INF/apprentice/skill.json", descriptor());
            put(zip, "validation.txt", validation);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void put(ZipOutputStream zip, String name, String content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(TIME);
        zip.putNextEntry(entry);
        zip.write(content.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
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
