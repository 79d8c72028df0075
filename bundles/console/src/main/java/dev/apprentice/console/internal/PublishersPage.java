package dev.apprentice.console.internal;

import dev.apprentice.console.internal.Frame.Notice;
import dev.apprentice.console.internal.Frame.Section;
import dev.apprentice.http.Exchange;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.skills.Publishers;
import dev.apprentice.skills.Publishers.Publisher;
import dev.apprentice.skills.SkillException;
import java.util.List;

/** Whom this machine believes. */
public final class PublishersPage {
    private final Templates templates;
    private final Publishers publishers;

    PublishersPage(Templates templates, Publishers publishers) {
        this.templates = templates;
        this.publishers = publishers;
    }

    void contribute(Routes routes) {
        routes.get("/publishers", Access.BROWSER, exchange -> show(exchange, 200, frame(exchange)));
        routes.post("/publishers", Access.BROWSER, this::trust);
        routes.post("/publishers/{fingerprint}/remove", Access.BROWSER, this::distrust);
    }

    private void trust(Exchange exchange) {
        try {
            Publisher publisher = publishers.trust(exchange.form("pem").orElse(""));
            show(exchange, 200, frame(exchange).with(Notice.done(publisher.name() + " is trusted.")));
        } catch (SkillException e) {
            show(exchange, 422, frame(exchange).with(Notice.refused(e)));
        }
    }

    private void distrust(Exchange exchange) {
        try {
            publishers.distrust(exchange.pathParameter("fingerprint"));
            show(exchange, 200, frame(exchange).with(Notice.done("The publisher is no longer trusted.")));
        } catch (SkillException e) {
            show(exchange, 422, frame(exchange).with(Notice.refused(e)));
        }
    }

    private void show(Exchange exchange, int status, Frame frame) {
        templates.answer(exchange, status, "publishers.jte", new View(frame, publishers.list()));
    }

    private static Frame frame(Exchange exchange) {
        return Frame.of(exchange, "Publishers", Section.PUBLISHERS);
    }

    /** What the template shows. */
    public record View(Frame frame, List<Publisher> publishers) {}
}
