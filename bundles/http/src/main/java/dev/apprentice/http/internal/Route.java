package dev.apprentice.http.internal;

import dev.apprentice.http.Routes.Access;
import dev.apprentice.http.Routes.Handler;

/** One thing the server answers. */
record Route(String method, PathPattern pattern, Access access, Handler handler) {
    boolean conflictsWith(Route other) {
        return method.equals(other.method) && pattern.sameAs(other.pattern);
    }
}
