package dev.apprentice.skills.internal;

import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterFiles;
import dev.apprentice.model.AdapterSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/** Builds a skill that is right in every way, except where a test makes it wrong. */
final class SkillJar {
    private static final AdapterSpec SPEC = new AdapterSpec(2, 4, List.of("q_proj", "v_proj"));

    final Map<String, String> headers = new LinkedHashMap<>();
    final Map<String, byte[]> files = new LinkedHashMap<>();
    String descriptor;

    SkillJar(String version) {
        headers.put("Manifest-Version", "1.0");
        headers.put("Bundle-ManifestVersion", "2");
        headers.put("Bundle-SymbolicName", "skill.test");
        headers.put("Bundle-Version", version);
        descriptor = """
                {"id": "test", "version": "%s", "name": "Test", "description": "A skill of tests.", "base": {"digest": "%s"},
                 "adapter": "adapter", "prompt": {"template": "// %s\\n{prompt}", "maxTokens": 8}, "validation": "validation.txt"}
                """.formatted(version, TestModel.MODEL.info().digest(), version);
        adapter(1e-3f);
        text("validation.txt", "for (int i = 0; i < count; i++) {\n=====\nreturn name == null ? \"\" : name;\n");
    }

    /** An adapter whose B is random within ± size. */
    SkillJar adapter(float size) {
        Adapter fresh = TestModel.MODEL.freshAdapter(SPEC, 7);
        MemorySegment values = Arena.ofAuto().allocate(fresh.values().byteSize(), 64);
        values.copyFrom(fresh.values());
        SplittableRandom random = new SplittableRandom(3);
        for (long i = 0; i < fresh.size() && size > 0; i++) {
            float value = values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, value == 0 ? (float) random.nextDouble(-size, size) : value);
        }
        AdapterFiles written = TestModel.MODEL.writeAdapter(TestModel.MODEL.adapterOf(SPEC, values));
        files.put("adapter/adapter_config.json", written.config());
        files.put("adapter/adapter_model.safetensors", written.tensors());
        return this;
    }

    SkillJar text(String name, String text) {
        files.put(name, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    SkillJar header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    SkillJar describe(String old, String replacement) {
        if (!descriptor.contains(old)) {
            throw new IllegalArgumentException("The descriptor has no " + old);
        }
        descriptor = descriptor.replace(old, replacement);
        return this;
    }

    /** Adds code compiled from source, of which the class named last is the extension. */
    SkillJar code(String extension, String source) {
        files.putAll(Sources.compile(extension, source));
        header("Import-Package", "dev.apprentice.skill;version=\"[1.0,2)\"");
        return describe("\"id\":", "\"code\": \"" + extension + "\", \"id\":");
    }

    byte[] build() {
        return build(null);
    }

    byte[] build(@Nullable String manifest) {
        StringBuilder lines = new StringBuilder();
        headers.forEach(
                (name, value) -> lines.append(name).append(": ").append(value).append("\r\n"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes)) {
            put(
                    jar,
                    "META-INF/MANIFEST.MF",
                    (manifest == null ? lines + "\r\n" : manifest).getBytes(StandardCharsets.UTF_8));
            put(jar, SkillDescriptor.FILE, descriptor.getBytes(StandardCharsets.UTF_8));
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                put(jar, file.getKey(), file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void put(JarOutputStream jar, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(LocalDateTime.of(2026, 1, 1, 0, 0));
        jar.putNextEntry(entry);
        jar.write(content);
        jar.closeEntry();
    }
}
