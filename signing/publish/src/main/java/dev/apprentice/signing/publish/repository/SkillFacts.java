package dev.apprentice.signing.publish.repository;

import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.StrictZip;
import dev.apprentice.signing.verify.tuf.StrictJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a marketplace says of a skill, taken from the skill's own file so that the two cannot differ. */
final class SkillFacts {
    private static final String DESCRIPTOR = "META-INF/apprentice/skill.json";

    private static final String CHANGES = "META-INF/apprentice/changes.txt";
    private static final int LONGEST_CHANGES = 4000;

    private SkillFacts() {}

    /** The facts as a target's {@code custom}, for a jar that installers can read in one way only. */
    static ObjectNode read(byte[] jar) {
        StrictZip archive = StrictZip.read(jar);
        JsonNode descriptor = JsonMapper.shared().readTree(archive.content(DESCRIPTOR));
        ObjectNode facts = JsonMapper.shared().createObjectNode();
        facts.put("id", matching(descriptor, "/id", "[a-z0-9](-?[a-z0-9])*"));
        facts.put("version", matching(descriptor, "/version", "[0-9]{1,6}(\\.[0-9]{1,6}){2}"));
        facts.put("name", required(descriptor, "/name"));
        facts.put("description", required(descriptor, "/description"));
        facts.put("base", required(descriptor, "/base/digest"));
        if (descriptor.has("tokenizer")) {
            facts.put("tokenizer", required(descriptor, "/tokenizer/digest"));
        }
        facts.putArray("permissions")
                .addAll(descriptor.path("permissions").valueStream().toList());
        facts.put("code", descriptor.has("code"));
        facts.set("adapter", adapter(descriptor, archive));
        Attributes headers = manifest(archive).getMainAttributes();
        copy(headers, "Bundle-License", facts, "licence");
        copy(headers, "Import-Package", facts, "spi");
        if (archive.names().contains(CHANGES)) {
            facts.put("changes", changes(archive.content(CHANGES)));
        }
        StrictJson.parse("The facts of the skill", JsonMapper.shared().writeValueAsBytes(facts));
        return facts;
    }

    private static ObjectNode adapter(JsonNode descriptor, StrictZip archive) {
        ObjectNode described = JsonMapper.shared().createObjectNode();
        JsonNode blank = descriptor.path("blankAdapter");
        if (blank.isObject()) {
            described.put("type", "LORA");
            described.put("rank", blank.path("rank").asInt(16));
            described
                    .putArray("targets")
                    .addAll(blank.path("targets").valueStream().toList());
            return described;
        }
        JsonNode shipped = JsonMapper.shared()
                .readTree(archive.content(required(descriptor, "/adapter") + "/adapter_config.json"));
        described.put("type", shipped.path("peft_type").asString("LORA"));
        described.put("rank", shipped.path("r").asInt(8));
        described.set("targets", shipped.path("target_modules").deepCopy());
        return described;
    }

    private static String changes(byte[] content) {
        String text = new String(content, StandardCharsets.UTF_8).strip();
        if (text.length() > LONGEST_CHANGES) {
            throw new SigningException(
                    Code.ARCHIVE,
                    CHANGES + " is longer than " + LONGEST_CHANGES + " characters: say what is new in less");
        }
        return text;
    }

    private static Manifest manifest(StrictZip archive) {
        try {
            return new Manifest(new ByteArrayInputStream(archive.content("META-INF/MANIFEST.MF")));
        } catch (IOException e) {
            throw new SigningException(Code.ARCHIVE, "The skill's manifest cannot be read: build the skill again", e);
        }
    }

    private static void copy(Attributes headers, String header, ObjectNode facts, String fact) {
        String value = headers.getValue(header);
        if (value != null) {
            facts.put(fact, value);
        }
    }

    private static String matching(JsonNode descriptor, String path, String form) {
        String text = required(descriptor, path);
        if (!text.matches(form)) {
            throw new SigningException(
                    Code.ARCHIVE,
                    "The skill has in " + path + " '" + text + "', not of the form " + form + ": mend it");
        }
        return text;
    }

    private static String required(JsonNode descriptor, String path) {
        JsonNode value = descriptor.at(path);
        if (!value.isString()) {
            throw new SigningException(
                    Code.ARCHIVE, "The skill has in " + DESCRIPTOR + " no " + path + ": mend it and build it again");
        }
        return value.stringValue();
    }
}
