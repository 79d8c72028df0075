package dev.apprentice.console.internal;

import dev.apprentice.console.internal.Frame.Notice;
import dev.apprentice.console.internal.Frame.Section;
import dev.apprentice.http.Exchange;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.learning.Commit;
import dev.apprentice.skills.InstalledSkill;
import java.util.List;

/** The first page: what is installed, and a form to install more. */
public final class ShelfPage {
    private final Templates templates;
    private final Shelf shelf;

    ShelfPage(Templates templates, Shelf shelf) {
        this.templates = templates;
        this.shelf = shelf;
    }

    void contribute(Routes routes) {
        routes.get("/", Access.BROWSER, exchange -> show(exchange, 200, frame(exchange)));
    }

    /** Shows the shelf with what has become of a change. */
    void show(Exchange exchange, Notice notice) {
        show(exchange, 200, frame(exchange).with(notice));
    }

    void refuse(Exchange exchange, int status, Notice notice) {
        show(exchange, status, frame(exchange).with(notice));
    }

    private void show(Exchange exchange, int status, Frame frame) {
        templates.answer(
                exchange,
                status,
                "shelf.jte",
                new View(frame, shelf.list().stream().map(this::row).toList()));
    }

    private Row row(InstalledSkill skill) {
        List<Commit> history = shelf.history(skill.id());
        int cycles =
                shelf.learner(skill.id()).map(learner -> learner.head().cycle()).orElse(0);
        return new Row(skill, cycles, Sparkline.points(history));
    }

    private static Frame frame(Exchange exchange) {
        return Frame.of(exchange, "Skills", Section.SKILLS);
    }

    /** What the template shows. */
    public record View(Frame frame, List<Row> rows) {}

    /** A skill on the shelf; its sparkline is empty if it has learned nothing yet. */
    public record Row(InstalledSkill skill, int cycles, String sparkline) {}
}
