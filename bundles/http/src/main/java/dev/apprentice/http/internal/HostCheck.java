package dev.apprentice.http.internal;

import dev.apprentice.http.HttpException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Refuses requests that were meant for another name, as DNS rebinding makes them (CVE-2024-28224). */
final class HostCheck {
    private final Set<String> own;

    HostCheck(int port) {
        String suffix = port == 80 ? "" : ":" + port;
        own = Set.of("127.0.0.1" + suffix, "[::1]" + suffix, "localhost" + suffix);
    }

    void require(HttpServletRequest request) {
        List<String> hosts = Collections.list(request.getHeaders("Host"));
        if (hosts.size() != 1 || !own.contains(hosts.getFirst().toLowerCase(Locale.ROOT))) {
            throw new HttpException(
                    421, "wrong_host", "This server is only reached as one of " + own + ": use one of these addresses");
        }
    }

    /** Whether an {@code Origin} is this server. */
    boolean isOwnOrigin(String origin) {
        return origin.startsWith("http://") && own.contains(origin.substring("http://".length()));
    }
}
