package dev.apprentice.http.internal;

import dev.apprentice.http.HttpException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Turns the path of a request into decoded segments. One path has one spelling: whatever could be read in two ways is refused. */
final class RequestPath {
    private RequestPath() {}

    /** The segments of a raw path; none for {@code /}. */
    static List<String> segments(String rawPath) {
        if (!rawPath.startsWith("/")) {
            throw refused();
        }
        List<String> segments = new ArrayList<>();
        if (rawPath.equals("/")) {
            return segments;
        }
        for (String raw : rawPath.substring(1).split("/", -1)) {
            String segment = decode(raw);
            boolean ambiguous = segment.isEmpty() || segment.equals(".") || segment.equals("..");
            if (ambiguous || segment.chars().anyMatch(RequestPath::separates)) {
                throw refused();
            }
            segments.add(segment);
        }
        return segments;
    }

    private static boolean separates(int character) {
        return character == '/' || character == '\\' || character == ';' || character < ' ' || character == 0x7f;
    }

    private static String decode(String raw) {
        ByteBuffer bytes = ByteBuffer.allocate(raw.length() * 4);
        for (int i = 0; i < raw.length(); i++) {
            char character = raw.charAt(i);
            if (character == '%') {
                if (i + 2 >= raw.length()) {
                    throw refused();
                }
                int high = Character.digit(raw.charAt(i + 1), 16);
                int low = Character.digit(raw.charAt(i + 2), 16);
                if (high < 0 || low < 0) {
                    throw refused();
                }
                bytes.put((byte) (high << 4 | low));
                i += 2;
            } else {
                bytes.put(String.valueOf(character).getBytes(StandardCharsets.UTF_8));
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException _) {
            throw refused();
        }
    }

    private static HttpException refused() {
        return new HttpException(
                400,
                "bad_path",
                "The path is malformed or ambiguous: send it once decoded, without . .. ; \\ or empty parts");
    }
}
