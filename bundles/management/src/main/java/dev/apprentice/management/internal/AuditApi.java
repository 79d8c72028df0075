package dev.apprentice.management.internal;

import dev.apprentice.http.Exchange;
import dev.apprentice.http.HttpException;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.store.AuditLog;
import dev.apprentice.store.StoreException;

/** Reads and checks the audit log. */
final class AuditApi {
    private static final int DEFAULT_LIMIT = 100;
    private static final int HIGHEST_LIMIT = 10_000;

    private final AuditLog audit;

    AuditApi(AuditLog audit) {
        this.audit = audit;
    }

    void contribute(Routes routes) {
        routes.get("/api/audit", Access.API, exchange -> exchange.answerJson(200, audit.latest(limit(exchange))));
        routes.post("/api/audit/verify", Access.API, this::verify);
    }

    private void verify(Exchange exchange) {
        try {
            audit.verify();
            exchange.answerJson(200, new Verdict(true, ""));
        } catch (StoreException e) {
            exchange.answerJson(200, new Verdict(false, String.valueOf(e.getMessage())));
        }
    }

    private static int limit(Exchange exchange) {
        String text = exchange.query("limit").orElse(String.valueOf(DEFAULT_LIMIT));
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= HIGHEST_LIMIT) {
                return limit;
            }
        } catch (NumberFormatException _) {
            // Told below, like a number out of range.
        }
        throw new HttpException(400, "bad_query", "limit must be 1 to " + HIGHEST_LIMIT + ": change it");
    }

    /** Whether every entry follows from the one before; if not, what is wrong. */
    private record Verdict(boolean intact, String problem) {}
}
