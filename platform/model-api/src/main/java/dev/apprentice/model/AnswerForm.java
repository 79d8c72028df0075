package dev.apprentice.model;

/** What an answer must look like; the model can write nothing else. */
public sealed interface AnswerForm {
    AnswerForm FREE = new Free();

    /** Any text. */
    record Free() implements AnswerForm {}

    /** A JSON object (RFC 8259) without duplicate keys. */
    record JsonObject() implements AnswerForm {}

    /**
     * A JSON document that a schema allows.
     *
     * @param schema a JSON Schema (2020-12) of type, properties, required, additionalProperties (false), items, enum, const, minItems,
     *     maxItems, minLength, maxLength; any other keyword that is not a mere note is refused
     */
    record JsonSchema(String schema) implements AnswerForm {}
}
