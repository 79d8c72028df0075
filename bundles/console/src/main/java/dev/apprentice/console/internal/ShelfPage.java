package dev.apprentice.console.internal;

import dev.apprentice.console.internal.Frame.Notice;
import dev.apprentice.console.internal.Frame.Section;
import dev.apprentice.http.Exchange;
import dev.apprentice.http.Exchange.Upload;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.learning.Commit;
import dev.apprentice.management.Problems;
import dev.apprentice.skills.InstalledSkill;
import dev.apprentice.skills.SkillException;
import dev.apprentice.skills.SkillPackage;
import dev.apprentice.skills.Skills;
import java.util.List;

/** The first page: what is installed, and a form to install more. */
public final class ShelfPage {
    private final Templates templates;
    private final Shelf shelf;
    private final Skills skills;

    ShelfPage(Templates templates, Shelf shelf, Skills skills) {
        this.templates = templates;
        this.shelf = shelf;
        this.skills = skills;
    }

    void contribute(Routes routes) {
        routes.get("/", Access.BROWSER, exchange -> show(exchange, 200, frame(exchange)));
        routes.post("/skills", Access.BROWSER, this::install);
    }

    private void install(Exchange exchange) {
        try {
            Upload jar = upload(exchange, "jar");
            InstalledSkill skill = skills.install(new SkillPackage(
                    jar.fileName(), jar.content(), upload(exchange, "signature").content()));
            Notice done =
                    Notice.done(skill.name() + " " + skill.version() + " by " + skill.publisher() + " is installed.");
            show(exchange, 200, frame(exchange).with(done));
        } catch (SkillException e) {
            show(exchange, Problems.asHttp(e).status(), frame(exchange).with(Notice.refused(e)));
        }
    }

    private static Upload upload(Exchange exchange, String field) {
        return exchange.uploads().stream()
                .filter(upload -> upload.field().equals(field))
                .findFirst()
                .orElse(new Upload(field, "", new byte[0]));
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
