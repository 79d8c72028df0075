package dev.apprentice.console.internal;

import dev.apprentice.console.internal.Frame.Section;
import dev.apprentice.http.Exchange;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.store.AuditEntry;
import dev.apprentice.store.AuditLog;
import dev.apprentice.store.StoreException;
import java.util.List;

/** The audit log, and whether its chain holds. */
public final class AuditPage {
    private static final int ROWS = 200;

    private final Templates templates;
    private final AuditLog audit;

    AuditPage(Templates templates, AuditLog audit) {
        this.templates = templates;
        this.audit = audit;
    }

    void contribute(Routes routes) {
        routes.get("/audit", Access.BROWSER, this::show);
    }

    private void show(Exchange exchange) {
        Frame frame = Frame.of(exchange, "Audit", Section.AUDIT);
        templates.answer(exchange, 200, "audit.jte", new View(frame, problem(), audit.latest(ROWS)));
    }

    private String problem() {
        try {
            audit.verify();
            return "";
        } catch (StoreException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /**
     * What the template shows.
     *
     * @param problem where the chain is broken; empty if it holds
     * @param entries newest first
     */
    public record View(Frame frame, String problem, List<AuditEntry> entries) {}
}
