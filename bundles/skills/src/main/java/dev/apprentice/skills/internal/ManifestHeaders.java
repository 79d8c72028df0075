package dev.apprentice.skills.internal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The main section of a manifest, read so strictly that no other reader can see anything else in it. */
final class ManifestHeaders {
    private ManifestHeaders() {}

    /** Headers by name; a manifest with further sections, a header twice or odd line ends is refused. */
    static Map<String, String> read(byte[] bytes) {
        String text = decode(bytes).replace("\r\n", "\n");
        require(
                text.indexOf('\r') < 0 && text.indexOf('\0') < 0,
                "has line ends or characters that readers take differently");
        require(text.endsWith("\n"), "does not end with a line end");
        String[] lines = text.stripTrailing().replace("\n ", "").split("\n", -1);
        Map<String, String> headers = new HashMap<>();
        Set<String> names = new HashSet<>();
        for (String line : lines) {
            int colon = line.indexOf(": ");
            require(
                    colon > 0 && line.substring(0, colon).matches("[A-Za-z0-9_-]{1,70}"),
                    "has a second section or the odd line '" + line + "'");
            String name = line.substring(0, colon);
            require(names.add(name.toLowerCase(Locale.ROOT)), "has the header " + name + " twice");
            headers.put(name, line.substring(colon + 2));
        }
        return headers;
    }

    private static String decode(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw Refusal.admission("The manifest is not UTF-8: build the skill again");
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw Refusal.admission("The manifest " + what + ": build the skill again with a plain one");
        }
    }
}
