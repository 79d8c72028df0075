package dev.apprentice.openai.internal;

import dev.apprentice.http.HttpException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What both kinds of requests are read with. */
final class Requests {
    private static final int MOST_STOPS = 8;

    private Requests() {}

    static String required(@Nullable String value, String name) {
        if (value == null) {
            throw bad(name + " is missing: send it");
        }
        return value;
    }

    /** A string or a list of them, as {@code stop} may be. */
    static @Nullable List<String> strings(@Nullable JsonNode node, String name) {
        if (node == null || node.isNull()) {
            return null;
        }
        List<String> values = new ArrayList<>();
        for (JsonNode item : node.isArray() ? node : List.of(node)) {
            if (!item.isString() || item.asString().isEmpty()) {
                throw bad(name + " must be a text or a list of texts, none of them empty: change it");
            }
            values.add(item.asString());
        }
        if (values.size() > MOST_STOPS) {
            throw bad(
                    name + " has " + values.size() + " texts, but may have " + MOST_STOPS + " at the most: send fewer");
        }
        return values;
    }

    /** Refuses what would silently be ignored. */
    static void unsupported(boolean asked, String name, String reason) {
        if (asked) {
            throw new HttpException(400, "unsupported_parameter", name + " is not supported: " + reason);
        }
    }

    static HttpException bad(String message) {
        return new HttpException(400, "bad_request", message);
    }
}
