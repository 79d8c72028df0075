package dev.apprentice.launcher.demo;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.ReproducibleJar;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A skill made from one that ships, with the same adapter under another name.
 *
 * @param permissions what it asks for
 * @param changes what its publisher says is new
 */
record SkillVariant(
        String id, String version, String name, String description, List<String> permissions, String changes) {
    private static final String DESCRIPTOR = "META-INF/apprentice/skill.json";
    private static final String CHANGES = "META-INF/apprentice/changes.txt";

    /** The bytes of its jar. */
    byte[] build(Path original) {
        try {
            Map<String, byte[]> files = read(original);
            files.put(JarFile.MANIFEST_NAME, manifest(take(files, JarFile.MANIFEST_NAME)));
            files.put(DESCRIPTOR, descriptor(take(files, DESCRIPTOR)));
            files.put(CHANGES, changes.getBytes(StandardCharsets.UTF_8));
            return ReproducibleJar.of(files);
        } catch (IOException e) {
            throw new LauncherException("The skill " + original + " cannot be read: build again with 'mvn package'", e);
        }
    }

    private byte[] manifest(byte[] content) throws IOException {
        Manifest manifest = new Manifest(new ByteArrayInputStream(content));
        Attributes headers = manifest.getMainAttributes();
        headers.putValue("Bundle-SymbolicName", "skill." + id);
        headers.putValue("Bundle-Name", name);
        headers.putValue("Bundle-Version", version);
        headers.putValue("Bundle-License", "Apache-2.0");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        manifest.write(out);
        return out.toByteArray();
    }

    private byte[] descriptor(byte[] content) {
        ObjectNode descriptor = (ObjectNode) JsonMapper.shared().readTree(content);
        descriptor.put("id", id).put("version", version).put("name", name).put("description", description);
        permissions.forEach(descriptor.putArray("permissions")::add);
        return JsonMapper.shared().writeValueAsBytes(descriptor);
    }

    private static Map<String, byte[]> read(Path jar) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        // The manifest must come first, wherever it stood.
        files.put(JarFile.MANIFEST_NAME, new byte[0]);
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(jar))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!entry.isDirectory()) {
                    files.put(entry.getName(), zip.readAllBytes());
                }
            }
        }
        return files;
    }

    private static byte[] take(Map<String, byte[]> files, String name) throws IOException {
        byte[] content = files.get(name);
        if (content == null || content.length == 0) {
            throw new IOException("it has no " + name);
        }
        return content;
    }
}
