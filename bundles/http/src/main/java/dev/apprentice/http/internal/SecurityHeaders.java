package dev.apprentice.http.internal;

import io.javalin.http.Context;
import java.util.Map;

/** What every answer tells the browser: only this server's own scripts, styles and images, in no one's frame. */
final class SecurityHeaders {
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
                    + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY",
            // Not no-referrer: with that browsers send "Origin: null" with our own forms.
            "Referrer-Policy",
            "same-origin",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cache-Control",
            "no-store");

    private SecurityHeaders() {}

    static void apply(Context context) {
        HEADERS.forEach(context::header);
    }
}
