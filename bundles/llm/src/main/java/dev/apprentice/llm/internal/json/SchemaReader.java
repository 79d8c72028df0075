package dev.apprentice.llm.internal.json;

import dev.apprentice.model.ModelException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the part of JSON Schema (2020-12) that can be held while writing; a keyword of the rest is refused by its name. */
public final class SchemaReader {
    private static final Set<String> SUPPORTED = Set.of(
            "type",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "enum",
            "const",
            "minItems",
            "maxItems",
            "minLength",
            "maxLength");

    /** Keywords that only describe. */
    private static final Set<String> NOTES = Set.of(
            "$schema",
            "$id",
            "$comment",
            "title",
            "description",
            "default",
            "examples",
            "deprecated",
            "readOnly",
            "writeOnly");

    private static final int MOST_DEPTH = 32;
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private SchemaReader() {}

    /**
     * The shape that a schema describes.
     *
     * @throws ModelException if the schema is malformed or asks for more than is supported
     */
    public static Shape read(String schema) {
        try {
            return shape(MAPPER.readTree(schema), "", 0);
        } catch (JacksonException e) {
            throw bad("", "is not valid JSON: " + e.getOriginalMessage());
        }
    }

    private static Shape shape(JsonNode schema, String at, int depth) {
        if (schema.isBoolean() && schema.asBoolean()) {
            return new Shape.Any();
        }
        if (!schema.isObject() || depth > MOST_DEPTH) {
            throw bad(at, depth > MOST_DEPTH ? "is nested too deep" : "is not an object");
        }
        for (String keyword : schema.propertyNames()) {
            if (!SUPPORTED.contains(keyword) && !NOTES.contains(keyword)) {
                throw bad(
                        at,
                        "has the keyword " + keyword + ", which is not supported: leave it out; supported are "
                                + SUPPORTED.stream().sorted().toList());
            }
        }
        if (schema.has("const")) {
            return new Shape.Literals(List.of(schema.get("const").toString()));
        }
        if (schema.has("enum")) {
            return literals(schema.get("enum"), at);
        }
        List<Shape> shapes = new ArrayList<>();
        for (String type : types(schema, at)) {
            shapes.add(typed(type, schema, at, depth));
        }
        return shapes.size() == 1 ? shapes.getFirst() : new Shape.OneOf(shapes);
    }

    private static Shape literals(JsonNode values, String at) {
        if (!values.isArray() || values.isEmpty()) {
            throw bad(at, "has an enum that is not a list of values");
        }
        return new Shape.Literals(
                values.valueStream().map(JsonNode::toString).distinct().toList());
    }

    private static List<String> types(JsonNode schema, String at) {
        JsonNode type = schema.path("type");
        if (type.isString()) {
            return List.of(type.asString());
        }
        if (type.isMissingNode()) {
            boolean object = schema.has("properties") || schema.has("required");
            boolean array = schema.has("items") || schema.has("minItems") || schema.has("maxItems");
            boolean text = schema.has("minLength") || schema.has("maxLength");
            return List.of(object ? "object" : array ? "array" : text ? "string" : "any");
        }
        if (!type.isArray() || type.isEmpty() || !type.valueStream().allMatch(JsonNode::isString)) {
            throw bad(at, "has a type that is neither a name nor a list of names");
        }
        List<String> names =
                type.valueStream().map(JsonNode::asString).distinct().toList();
        // every whole number is a number
        return names.contains("number")
                ? names.stream().filter(name -> !name.equals("integer")).toList()
                : names;
    }

    private static Shape typed(String type, JsonNode schema, String at, int depth) {
        return switch (type) {
            case "any" -> new Shape.Any();
            case "string" ->
                new Shape.Text(count(schema, "minLength", 0, at), most(schema, "minLength", "maxLength", at));
            case "number" -> new Shape.Numeric(Shape.Numeric.Kind.ANY);
            case "integer" -> new Shape.Numeric(Shape.Numeric.Kind.WHOLE);
            case "boolean" -> new Shape.Literals(List.of("true", "false"));
            case "null" -> new Shape.Literals(List.of("null"));
            case "array" -> {
                JsonNode items = schema.path("items");
                Shape each = items.isMissingNode() ? new Shape.Any() : shape(items, at + "/items", depth + 1);
                yield new Shape.Elements(
                        each, count(schema, "minItems", 0, at), most(schema, "minItems", "maxItems", at));
            }
            case "object" -> object(schema, at, depth);
            default -> throw bad(at, "has the unknown type " + type);
        };
    }

    private static Shape object(JsonNode schema, String at, int depth) {
        JsonNode more = schema.path("additionalProperties");
        if (!more.isMissingNode() && !more.isBoolean()) {
            throw bad(
                    at, "has the keyword additionalProperties with a schema, which is not supported: set it to false");
        }
        Set<String> required = new HashSet<>();
        schema.path("required").forEach(name -> required.add(name.asString("")));
        JsonNode properties = schema.path("properties");
        List<Shape.Field> fields = new ArrayList<>();
        properties
                .properties()
                .forEach(property -> fields.add(new Shape.Field(
                        MAPPER.writeValueAsString(property.getKey()),
                        shape(property.getValue(), at + "/properties/" + property.getKey(), depth + 1),
                        required.remove(property.getKey())
                                ? Shape.Field.Presence.REQUIRED
                                : Shape.Field.Presence.OPTIONAL)));
        if (!required.isEmpty()) {
            throw bad(at, "requires " + required + ", which are not among its properties: describe them");
        }
        boolean open = properties.isMissingNode() && more.asBoolean(true);
        return open ? new Shape.AnyFields() : new Shape.Fields(fields);
    }

    private static int most(JsonNode schema, String leastName, String mostName, String at) {
        int most = count(schema, mostName, Integer.MAX_VALUE, at);
        if (most < count(schema, leastName, 0, at)) {
            throw bad(at, "has a " + mostName + " below its " + leastName);
        }
        return most;
    }

    private static int count(JsonNode schema, String name, int otherwise, String at) {
        JsonNode value = schema.path(name);
        if (value.isMissingNode()) {
            return otherwise;
        }
        if (!value.isInt() || value.intValue() < 0 || value.intValue() > 1 << 20) {
            throw bad(at, "has " + name + " = " + value + ", but expected is a whole number of 0 to " + (1 << 20));
        }
        return value.intValue();
    }

    private static ModelException bad(String at, String what) {
        return new ModelException(
                ModelException.Code.BAD_REQUEST, "The schema" + (at.isEmpty() ? "" : " at " + at) + " " + what);
    }
}
