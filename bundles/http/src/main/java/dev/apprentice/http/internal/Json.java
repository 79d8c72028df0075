package dev.apprentice.http.internal;

import dev.apprentice.http.HttpException;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** JSON in and out: strict about types and repeated names, indifferent to unknown ones. */
final class Json {
    private final JsonMapper mapper = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(LogicalType.Textual, texts -> {
                for (CoercionInputShape shape :
                        List.of(CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean)) {
                    texts.setCoercion(shape, CoercionAction.Fail);
                }
            })
            .build();

    String write(Object value) {
        return mapper.writeValueAsString(value);
    }

    <T> T read(byte[] body, Class<T> type) {
        try {
            T value = mapper.readValue(body, type);
            if (value != null) {
                return value;
            }
        } catch (JacksonException e) {
            throw new HttpException(400, "bad_json", "The body is not the expected JSON: " + e.getOriginalMessage());
        }
        throw new HttpException(400, "bad_json", "The body is not the expected JSON: it is null");
    }
}
