package dev.apprentice.management.internal;

import dev.apprentice.http.Exchange;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.management.Problems;
import dev.apprentice.skills.Publishers;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Whom this machine believes. */
final class PublishersApi {
    private final Publishers publishers;

    PublishersApi(Publishers publishers) {
        this.publishers = publishers;
    }

    void contribute(Routes routes) {
        routes.get("/api/publishers", Access.API, exchange -> exchange.answerJson(200, publishers.list()));
        routes.post(
                "/api/publishers",
                Access.API,
                Problems.told(exchange -> exchange.answerJson(
                        200, publishers.trust(new String(exchange.body(), StandardCharsets.UTF_8)))));
        routes.delete("/api/publishers/{fingerprint}", Access.API, Problems.told(this::distrust));
    }

    private void distrust(Exchange exchange) {
        String fingerprint = exchange.pathParameter("fingerprint");
        publishers.distrust(fingerprint);
        exchange.answerJson(200, Map.of("distrusted", fingerprint));
    }
}
