package dev.apprentice.signing.verify.tuf;

import dev.apprentice.signing.verify.tuf.TufException.Code;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * The one encoding of a JSON value that is hashed and signed (OLPC canonical JSON): no white space, names in the order of their
 * code points, only quotation marks and backslashes escaped, whole numbers only.
 */
public final class CanonicalJson {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private CanonicalJson() {}

    /**
     * Encodes a value.
     *
     * @throws TufException with code MALFORMED if it holds a fraction or text that UTF-8 cannot express
     */
    public static byte[] encode(JsonNode value) {
        CanonicalJson encoder = new CanonicalJson();
        encoder.write(value);
        return encoder.out.toByteArray();
    }

    private void write(JsonNode value) {
        switch (value.getNodeType()) {
            case OBJECT -> writeObject(value);
            case ARRAY -> writeArray(value);
            case STRING -> writeText(utf8(value.stringValue()));
            case BOOLEAN, NULL -> plain(value.toString());
            case NUMBER -> {
                if (!value.isIntegralNumber()) {
                    throw refused("the fraction " + value);
                }
                plain(value.bigIntegerValue().toString());
            }
            case BINARY, POJO, MISSING -> throw refused("a value that is not of JSON");
        }
    }

    private void writeObject(JsonNode object) {
        // UTF-8 sorts as code points do; Java's chars do not.
        Map<byte[], JsonNode> sorted = new TreeMap<>(Arrays::compareUnsigned);
        for (Map.Entry<String, JsonNode> property : object.properties()) {
            sorted.put(utf8(property.getKey()), property.getValue());
        }
        String separator = "{";
        for (Map.Entry<byte[], JsonNode> property : sorted.entrySet()) {
            plain(separator);
            writeText(property.getKey());
            plain(":");
            write(property.getValue());
            separator = ",";
        }
        plain(sorted.isEmpty() ? "{}" : "}");
    }

    private void writeArray(JsonNode array) {
        plain("[");
        for (int i = 0; i < array.size(); i++) {
            if (i > 0) {
                plain(",");
            }
            write(array.get(i));
        }
        plain("]");
    }

    private void writeText(byte[] text) {
        out.write('"');
        for (byte b : text) {
            if (b == '"' || b == '\\') {
                out.write('\\');
            }
            out.write(b);
        }
        out.write('"');
    }

    private void plain(String ascii) {
        out.writeBytes(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] utf8(String text) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            return copy;
        } catch (CharacterCodingException e) {
            throw new TufException(Code.MALFORMED, "A text has half a surrogate pair: mend the metadata", e);
        }
    }

    private static TufException refused(String what) {
        return new TufException(Code.MALFORMED, "Canonical JSON has no form for " + what + ": mend the metadata");
    }
}
