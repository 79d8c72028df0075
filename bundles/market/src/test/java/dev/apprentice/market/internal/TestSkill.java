package dev.apprentice.market.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/** The jar of a skill, as far as marketplaces look into it. */
record TestSkill(String id, String version, String base, String name, String permissions, int rank) {
    static final String BASE = "sha256:" + "a".repeat(64);

    static TestSkill of(String id, String version) {
        return new TestSkill(id, version, BASE, "Skill " + id, "", 4);
    }

    TestSkill forBase(String other) {
        return new TestSkill(id, version, other, name, permissions, rank);
    }

    TestSkill called(String other) {
        return new TestSkill(id, version, base, other, permissions, rank);
    }

    TestSkill asking(String permission) {
        return new TestSkill(id, version, base, name, "\"" + permission + "\"", rank);
    }

    TestSkill withRank(int other) {
        return new TestSkill(id, version, base, name, permissions, other);
    }

    byte[] jar() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\nBundle-License: MIT\r\n\r\n");
        files.put("META-INF/apprentice/skill.json", """
                {"id": "%s", "version": "%s", "name": "%s", "description": "Does %s.", "base": {"digest": "%s"},
                 "permissions": [%s], "adapter": "adapter"}
                """.formatted(id, version, name, id, base, permissions));
        files.put("META-INF/apprentice/changes.txt", "What is new in " + version);
        files.put("adapter/adapter_config.json", "{\"r\": " + rank + ", \"target_modules\": [\"q_proj\"]}");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(out)) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                ZipEntry entry = new ZipEntry(file.getKey());
                entry.setTimeLocal(LocalDateTime.of(2026, 1, 1, 0, 0));
                jar.putNextEntry(entry);
                jar.write(file.getValue().getBytes(StandardCharsets.UTF_8));
                jar.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
