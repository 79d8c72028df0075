package dev.apprentice.signing.publish;

import dev.apprentice.signing.verify.Sha256;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.StrictZip;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.jar.Manifest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The bill of materials of a skill (CycloneDX 1.6): the skill, the base model that it needs, and each file in it.
 *
 * @param licence as the manifest names it; empty if it does not
 * @param base SHA-256 hex of the base model
 * @param sha256 of the jar, hex
 * @param files SHA-256 hex of the files in it, by their names
 */
record SkillBom(
        String id,
        String version,
        String description,
        String licence,
        String base,
        String sha256,
        Map<String, String> files) {
    /** How the base model is called where only its digest is known. */
    static final String BASE = "base-model";

    private static final String DESCRIPTOR = "META-INF/apprentice/skill.json";
    private static final String MANIFEST = "META-INF/MANIFEST.MF";

    SkillBom {
        files = Collections.unmodifiableMap(new TreeMap<>(files));
    }

    static SkillBom of(StrictZip archive, byte[] jar) {
        JsonNode descriptor = JsonMapper.shared().readTree(archive.content(DESCRIPTOR));
        Map<String, String> files = new TreeMap<>();
        for (String file : archive.names()) {
            files.put(file, Sha256.hex(archive.content(file)));
        }
        return new SkillBom(
                required(descriptor, "/id"),
                required(descriptor, "/version"),
                required(descriptor, "/description"),
                licence(archive),
                required(descriptor, "/base/digest").replaceFirst("^sha256:", ""),
                Sha256.hex(jar),
                files);
    }

    private static String licence(StrictZip archive) {
        try {
            String named = new Manifest(new ByteArrayInputStream(archive.content(MANIFEST)))
                    .getMainAttributes()
                    .getValue("Bundle-License");
            return named == null ? "" : named;
        } catch (IOException e) {
            throw new SigningException(Code.ARCHIVE, "The skill's manifest cannot be read: build the skill again", e);
        }
    }

    private static String required(JsonNode descriptor, String path) {
        String text = descriptor.at(path).asString("");
        if (text.isBlank()) {
            throw new SigningException(
                    Code.ARCHIVE, "The skill has in " + DESCRIPTOR + " no " + path + ": mend it and build it again");
        }
        return text;
    }

    byte[] json() {
        ObjectNode bom = JsonMapper.shared().createObjectNode();
        bom.put("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
        bom.put("bomFormat", "CycloneDX").put("specVersion", "1.6");
        // Named by the jar, so that the same jar has the same bill.
        bom.put("serialNumber", "urn:uuid:" + UUID.nameUUIDFromBytes(sha256.getBytes(StandardCharsets.US_ASCII)));
        bom.put("version", 1);
        ObjectNode skill = bom.putObject("metadata").putObject("component");
        component(skill, "application", "skill", id, sha256);
        skill.put("version", version).put("description", description);
        if (!licence.isEmpty()) {
            skill.putArray("licenses").addObject().putObject("license").put("name", licence);
        }
        ArrayNode components = bom.putArray("components");
        component(components.addObject(), "machine-learning-model", BASE, BASE, base);
        ArrayNode parts = JsonMapper.shared().createArrayNode().add(BASE);
        files.forEach((file, hash) -> {
            component(components.addObject(), "file", "file:" + file, file, hash);
            parts.add("file:" + file);
        });
        bom.putArray("dependencies").addObject().put("ref", "skill").set("dependsOn", parts);
        return JsonMapper.shared().writeValueAsBytes(bom);
    }

    private static void component(ObjectNode component, String type, String ref, String name, String sha256) {
        component.put("type", type).put("bom-ref", ref).put("name", name);
        component.putArray("hashes").addObject().put("alg", "SHA-256").put("content", sha256);
    }
}
