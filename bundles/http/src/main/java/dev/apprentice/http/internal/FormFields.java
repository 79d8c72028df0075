package dev.apprentice.http.internal;

import dev.apprentice.http.HttpException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads {@code application/x-www-form-urlencoded} text, as in forms and queries; of a repeated name the first counts. */
final class FormFields {
    private FormFields() {}

    static Map<String, String> parse(String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        if (text.isEmpty()) {
            return fields;
        }
        try {
            for (String pair : text.split("&", -1)) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                fields.putIfAbsent(decode(name), equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        } catch (IllegalArgumentException _) {
            throw new HttpException(400, "bad_form", "The form is not properly URL-encoded: encode % as %25");
        }
        return fields;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
