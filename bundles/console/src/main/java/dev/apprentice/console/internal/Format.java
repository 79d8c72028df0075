package dev.apprentice.console.internal;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** How values are written on pages. */
public final class Format {
    private static final int SHORT = 10;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm:ss", Locale.ENGLISH).withZone(ZoneId.systemDefault());

    private Format() {}

    public static String time(Instant instant) {
        return TIME.format(instant);
    }

    public static String nats(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    /** Enough of a digest or commit to tell it from others. */
    public static String brief(String digest) {
        String hex = digest.startsWith("sha256:") ? digest.substring("sha256:".length()) : digest;
        return hex.length() <= SHORT ? hex : hex.substring(0, SHORT);
    }

    /** A constant such as {@code SKILL_INSTALLED} as words. */
    public static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** A value as one part of a path or query. */
    public static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    public static String millions(long count) {
        return String.format(Locale.ROOT, "%.1f million", count / 1e6);
    }

    public static String size(long bytes) {
        return bytes < 1 << 20
                ? String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0)
                : String.format(Locale.ROOT, "%.1f MiB", bytes / (1024.0 * 1024));
    }

    /** A list in one line; {@code none} if it is empty. */
    public static String list(List<String> items) {
        return items.isEmpty() ? "none" : String.join(", ", items);
    }

    public static String duration(long seconds) {
        return seconds < 3600
                ? "%d min %d s".formatted(seconds / 60, seconds % 60)
                : "%d h %d min".formatted(seconds / 3600, seconds % 3600 / 60);
    }
}
