package dev.apprentice.http.internal;

import dev.apprentice.http.Exchange;
import dev.apprentice.http.RouteContributor;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;

/** Signing in and out, and the style of the server's own pages. */
final class OwnRoutes implements RouteContributor {
    private final SignIn signIn;
    private final Sessions sessions;
    private final String cookieName;

    OwnRoutes(SignIn signIn, Sessions sessions, String cookieName) {
        this.signIn = signIn;
        this.sessions = sessions;
        this.cookieName = cookieName;
    }

    @Override
    public void contribute(Routes routes) {
        routes.assets("/assets/http", OwnRoutes.class.getClassLoader(), "dev/apprentice/http/assets");
        // The token is posted: what only looks at links, such as a preview, does not use it up.
        routes.get(
                "/sign-in",
                Access.PUBLIC,
                exchange -> exchange.answerHtml(
                        200, exchange.query("token").map(Pages::signIn).orElseGet(Pages::howToSignIn)));
        routes.post("/sign-in", Access.PUBLIC, this::open);
        routes.post("/sign-out", Access.BROWSER, this::close);
    }

    private void open(Exchange exchange) {
        signIn.redeem(exchange.form("token").orElse("").strip());
        setCookie(exchange, sessions.open().id(), "");
        exchange.redirect("/");
    }

    private void close(Exchange exchange) {
        ((JavalinExchange) exchange).session().ifPresent(sessions::close);
        setCookie(exchange, "", "; Max-Age=0");
        exchange.redirect("/sign-in");
    }

    private void setCookie(Exchange exchange, String value, String more) {
        exchange.answerHeader("Set-Cookie", cookieName + "=" + value + "; Path=/; HttpOnly; SameSite=Strict" + more);
    }
}
