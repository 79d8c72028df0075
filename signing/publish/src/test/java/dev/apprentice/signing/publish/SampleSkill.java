package dev.apprentice.signing.publish;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A skill's archive with what a marketplace reads of it; the adapter's content matters to installers only. */
public final class SampleSkill {
    private SampleSkill() {}

    public static byte[] jar(String id, String version) {
        return jar(id, version, "adapter");
    }

    public static byte[] jar(String id, String version, String adapter) {
        Map<String, String> files = new TreeMap<>();
        files.put("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\nBundle-License: Apache-2.0\r\n\r\n");
        files.put("META-INF/apprentice/skill.json", """
                {"id": "%s", "version": "%s", "name": "Prose", "description": "Writes", "adapter": "adapter",
                 "base": {"digest": "sha256:%s"}, "permissions": []}
                """.formatted(id, version, "0".repeat(64)));
        files.put(
                "adapter/adapter_config.json", "{\"peft_type\": \"LORA\", \"r\": 4, \"target_modules\": [\"q_proj\"]}");
        files.put("adapter/adapter_model.safetensors", adapter);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.setMethod(ZipOutputStream.STORED);
            for (Map.Entry<String, String> file : files.entrySet()) {
                byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
                CRC32 crc = new CRC32();
                crc.update(content);
                ZipEntry entry = new ZipEntry(file.getKey());
                entry.setSize(content.length);
                entry.setCrc(crc.getValue());
                entry.setTimeLocal(LocalDateTime.of(2026, 1, 1, 0, 0));
                zip.putNextEntry(entry);
                zip.write(content);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }
}
