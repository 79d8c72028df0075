package dev.apprentice.skills.internal;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the fields of a JSON object one by one and refuses what nobody asked for. */
final class JsonFields {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final String path;
    private final JsonNode object;
    private final Set<String> known = new HashSet<>();

    private JsonFields(String path, JsonNode object) {
        this.path = path;
        this.object = object;
        if (!object.isObject()) {
            throw fault("is not a JSON object");
        }
    }

    static JsonFields parse(String file, byte[] content) {
        try {
            return new JsonFields(file, MAPPER.readTree(content));
        } catch (JacksonException e) {
            throw Refusal.admission(file + " is not proper JSON (" + e.getOriginalMessage() + "): mend it");
        }
    }

    JsonFields object(String name) {
        return new JsonFields(path + ", " + name + ",", find(name).orElseThrow(() -> missing(name)));
    }

    Optional<JsonFields> optionalObject(String name) {
        return find(name).map(node -> new JsonFields(path + ", " + name + ",", node));
    }

    String text(String name, int longest) {
        return optionalText(name, longest).orElseThrow(() -> missing(name));
    }

    Optional<String> optionalText(String name, int longest) {
        return find(name).map(node -> checkText(name, node, longest));
    }

    /** A list of texts; absent is empty. */
    List<String> texts(String name, int most, int longest) {
        return find(name)
                .map(node -> {
                    if (!node.isArray() || node.size() > most) {
                        throw fault("has in " + name + " no list of at most " + most + " texts");
                    }
                    return node.valueStream()
                            .map(item -> checkText(name, item, longest))
                            .toList();
                })
                .orElse(List.of());
    }

    Optional<Double> number(String name, double least, double most) {
        return find(name).map(node -> {
            if (!node.isNumber() || !(node.doubleValue() >= least && node.doubleValue() <= most)) {
                throw fault(
                        "has in " + name + " the value " + node + ", which is no number from " + least + " to " + most);
            }
            return node.doubleValue();
        });
    }

    Optional<Integer> wholeNumber(String name, int least, int most) {
        return number(name, least, most).map(value -> {
            if (value != Math.rint(value)) {
                throw fault("has in " + name + " the value " + value + ", which is no whole number");
            }
            return value.intValue();
        });
    }

    /** To be called when all fields have been read. */
    void refuseOthers() {
        for (String name : object.propertyNames()) {
            if (!known.contains(name)) {
                throw fault("has the unknown field '" + name + "'");
            }
        }
    }

    private Optional<JsonNode> find(String name) {
        known.add(name);
        return Optional.ofNullable(object.get(name));
    }

    private String checkText(String name, JsonNode node, int longest) {
        if (!node.isString()
                || node.stringValue().isBlank() && !name.equals("stops")
                || node.stringValue().length() > longest) {
            throw fault("has in " + name + " no text of 1 to " + longest + " characters");
        }
        return node.stringValue();
    }

    private RuntimeException missing(String name) {
        return fault("lacks the field '" + name + "'");
    }

    private RuntimeException fault(String what) {
        return Refusal.admission(path + " " + what + ": mend the skill's descriptor");
    }
}
