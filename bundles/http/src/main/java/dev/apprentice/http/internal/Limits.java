package dev.apprentice.http.internal;

import java.time.Duration;

/**
 * What the server takes and how long it waits.
 *
 * @param bodyBytes of an ordinary request body
 * @param uploadBytes of a multipart body, all parts together
 * @param bodyTime for a whole body to arrive
 * @param idleTime of a connection
 * @param requests being answered at the same time
 */
public record Limits(int bodyBytes, int uploadBytes, Duration bodyTime, Duration idleTime, int requests) {
    public static final Limits DEFAULT =
            new Limits(4 << 20, 64 << 20, Duration.ofSeconds(60), Duration.ofSeconds(30), 64);
}
