package dev.apprentice.signing.verify.tuf;

import dev.apprentice.signing.verify.tuf.TufException.Code;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The fields of a JSON object in metadata, each checked as it is read; fields that nobody asks for are allowed (section 4). */
final class Fields {
    private final String where;
    private final JsonNode object;

    Fields(String where, JsonNode object) {
        this.where = where;
        this.object = object;
        if (!object.isObject()) {
            throw fault("is not an object");
        }
    }

    JsonNode node() {
        return object;
    }

    boolean has(String name) {
        return object.has(name);
    }

    Fields object(String name) {
        return new Fields(where + "." + name, required(name));
    }

    /** The object's properties, each of which must be an object, in their order. */
    Map<String, Fields> objects() {
        Map<String, Fields> all = new LinkedHashMap<>();
        object.properties()
                .forEach(one -> all.put(one.getKey(), new Fields(where + "." + one.getKey(), one.getValue())));
        return all;
    }

    List<Fields> list(String name) {
        List<Fields> all = new ArrayList<>();
        for (JsonNode item : array(name)) {
            all.add(new Fields(where + "." + name + "[" + all.size() + "]", item));
        }
        return all;
    }

    List<String> texts(String name) {
        List<String> all = new ArrayList<>();
        for (JsonNode item : array(name)) {
            if (!item.isString()) {
                throw fault("has in " + name + " something that is no text");
            }
            all.add(item.stringValue());
        }
        return List.copyOf(all);
    }

    /** The object's properties, each of which must be a text. */
    Map<String, String> textsByName() {
        Map<String, String> all = new LinkedHashMap<>();
        object.propertyNames().forEach(name -> all.put(name, text(name)));
        return Map.copyOf(all);
    }

    String text(String name) {
        JsonNode value = required(name);
        if (!value.isString()) {
            throw fault("has in " + name + " no text");
        }
        return value.stringValue();
    }

    long number(String name, long least, long most) {
        JsonNode value = required(name);
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < least
                || value.longValue() > most) {
            throw fault("has in " + name + " no whole number from " + least + " to " + most);
        }
        return value.longValue();
    }

    Optional<Long> optionalNumber(String name, long least, long most) {
        return has(name) ? Optional.of(number(name, least, most)) : Optional.empty();
    }

    boolean flag(String name) {
        JsonNode value = required(name);
        if (!value.isBoolean()) {
            throw fault("has in " + name + " neither true nor false");
        }
        return value.booleanValue();
    }

    TufException fault(String what) {
        return new TufException(Code.MALFORMED, where + " " + what + ": the repository must publish it again");
    }

    private JsonNode required(String name) {
        JsonNode value = object.get(name);
        if (value == null) {
            throw fault("lacks the field " + name);
        }
        return value;
    }

    private JsonNode array(String name) {
        JsonNode value = required(name);
        if (!value.isArray()) {
            throw fault("has in " + name + " no list");
        }
        return value;
    }
}
