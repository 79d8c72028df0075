package dev.apprentice.learning.internal;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The comment with the licence at the start of a file: the same in every file, so it would only teach to recite it. */
final class LicenceHeader {
    private static final Pattern COMMENT = Pattern.compile("\\s*(/\\*(?s:.*?)\\*/|(//[^\\n]*\\n)++)\\s*");

    private LicenceHeader() {}

    /** The text without a leading comment that speaks of licence or copyright. */
    static String strip(String text) {
        Matcher comment = COMMENT.matcher(text);
        if (!comment.lookingAt()) {
            return text;
        }
        String said = comment.group().toLowerCase(Locale.ROOT);
        boolean legal = said.contains("licen") || said.contains("copyright");
        return legal ? text.substring(comment.end()) : text;
    }
}
