package dev.apprentice.llm.internal;

import dev.apprentice.model.ModelException;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Strict JSON: no duplicate keys, nothing after the value. */
final class Json {
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /** Parses an object; what is wrong with it is thrown in the caller's words. */
    static JsonNode object(byte[] text, Function<String, ModelException> fault) {
        try {
            JsonNode node = MAPPER.readTree(text);
            if (!node.isObject()) {
                throw fault.apply("is not a JSON object");
            }
            return node;
        } catch (JacksonException e) {
            throw fault.apply("is not valid JSON: " + e.getOriginalMessage());
        }
    }
}
