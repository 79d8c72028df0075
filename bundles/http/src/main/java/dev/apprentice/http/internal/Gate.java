package dev.apprentice.http.internal;

import dev.apprentice.http.HttpException;
import dev.apprentice.http.Routes.Access;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides who may call a route. */
final class Gate {
    private final HostCheck hosts;
    private final ApiKey apiKey;
    private final Sessions sessions;
    private final String cookieName;

    Gate(HostCheck hosts, ApiKey apiKey, Sessions sessions, String cookieName) {
        this.hosts = hosts;
        this.apiKey = apiKey;
        this.sessions = sessions;
        this.cookieName = cookieName;
    }

    /** Throws unless the request may call a route of this access; gives the exchange its session. */
    void admit(Access access, JavalinExchange exchange) {
        HttpServletRequest request = exchange.request();
        switch (access) {
            case PUBLIC -> requireOwnPage(request);
            case API -> apiKey.require(request);
            case BROWSER -> {
                Session session = session(request);
                if (session == null) {
                    throw new HttpException(401, "not_signed_in", "Sign in first: run \"apprentice token\"");
                }
                requireOwnPage(request);
                exchange.enter(session);
                requireCsrfToken(exchange, session);
            }
        }
    }

    private @Nullable Session session(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        List<String> ids = new ArrayList<>();
        for (Cookie cookie : cookies == null ? new Cookie[0] : cookies) {
            if (cookie.getName().equals(cookieName)) {
                ids.add(cookie.getValue());
            }
        }
        return ids.size() == 1 ? sessions.find(ids.getFirst()).orElse(null) : null;
    }

    /** A change must come from a page of this server; browsers that say where it comes from must say so. */
    private void requireOwnPage(HttpServletRequest request) {
        if (request.getMethod().equals("GET")) {
            return;
        }
        List<String> origins = Collections.list(request.getHeaders("Origin"));
        String site = request.getHeader("Sec-Fetch-Site");
        boolean foreignOrigin = !origins.isEmpty() && !(origins.size() == 1 && hosts.isOwnOrigin(origins.getFirst()));
        boolean foreignSite = site != null && !site.equals("same-origin") && !site.equals("none");
        if (foreignOrigin || foreignSite) {
            throw new HttpException(403, "foreign_origin", "Another site may not act here: use a page of this server");
        }
    }

    private static void requireCsrfToken(JavalinExchange exchange, Session session) {
        if (exchange.request().getMethod().equals("GET")) {
            return;
        }
        String token =
                exchange.header("X-CSRF-Token").or(() -> exchange.form("_csrf")).orElse("");
        if (!Secrets.same(token, session.csrfToken())) {
            throw new HttpException(403, "csrf", "The form is out of date: reload the page and send it again");
        }
    }
}
