package dev.apprentice.console.internal;

import dev.apprentice.console.internal.Frame.Section;
import dev.apprentice.http.Exchange;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.management.PlatformStatus;

/** How the platform is. */
public final class StatusPage {
    private final Templates templates;
    private final PlatformStatus status;

    StatusPage(Templates templates, PlatformStatus status) {
        this.templates = templates;
        this.status = status;
    }

    void contribute(Routes routes) {
        routes.get("/status", Access.BROWSER, this::show);
    }

    private void show(Exchange exchange) {
        View view = new View(Frame.of(exchange, "Status", Section.STATUS), status.now());
        templates.answer(exchange, 200, "status.jte", view);
    }

    /** What the template shows. */
    public record View(Frame frame, PlatformStatus.Report report) {}
}
