package dev.apprentice.launcher.command;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Paths of the API. */
final class Paths {
    private Paths() {}

    /** What a user typed, as one segment of a path. */
    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static String skill(String id) {
        return "/api/skills/" + segment(id);
    }
}
