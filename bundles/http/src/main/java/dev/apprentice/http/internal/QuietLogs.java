package dev.apprentice.http.internal;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps what Javalin and Jetty say of themselves at every start out of the log. */
final class QuietLogs {
    // Held here, as java.util.logging holds loggers weakly and would forget their level.
    private static final List<Logger> LOGGERS =
            List.of(Logger.getLogger("io.javalin"), Logger.getLogger("org.eclipse.jetty"));

    private QuietLogs() {}

    static void apply() {
        LOGGERS.forEach(logger -> logger.setLevel(Level.WARNING));
    }
}
