package dev.apprentice.signing.verify.tuf;

import dev.apprentice.signing.verify.tuf.TufException.Code;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON that every reader understands alike: UTF-8, no name twice in an object, nothing after the value, not nested deeply. */
public final class StrictJson {
    private static final int DEEPEST = 32;
    private static final int LONGEST_NUMBER = 19;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxNumberLength(LONGEST_NUMBER)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private StrictJson() {}

    /**
     * Reads one JSON value.
     *
     * @param where names the document in messages
     * @throws TufException with code MALFORMED
     */
    public static JsonNode parse(String where, byte[] json) {
        try {
            // Decoded here, since a parser of bytes would also guess UTF-16 and UTF-32.
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString();
            return MAPPER.readTree(text);
        } catch (CharacterCodingException e) {
            throw new TufException(Code.MALFORMED, where + " is not in UTF-8: the repository must publish it again", e);
        } catch (JacksonException e) {
            throw new TufException(
                    Code.MALFORMED,
                    where + " is not proper JSON (" + e.getOriginalMessage()
                            + "): the repository must publish it again",
                    e);
        }
    }
}
