package dev.apprentice.console.internal;

import dev.apprentice.console.internal.Frame.Section;
import dev.apprentice.http.Exchange;
import dev.apprentice.http.HttpException;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.learning.Commit;
import dev.apprentice.learning.Learner;
import dev.apprentice.learning.Learner.BufferStatus;
import dev.apprentice.learning.Validation;
import dev.apprentice.management.LiveLearning;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.ModelInfo;
import dev.apprentice.skills.InstalledSkill;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One skill: where it comes from, what it has learned, and how to have it learn more. */
public final class SkillPage {
    private static final int ROWS = 200;

    private final Templates templates;
    private final Shelf shelf;
    private final LanguageModel model;

    SkillPage(Templates templates, Shelf shelf, LanguageModel model) {
        this.templates = templates;
        this.shelf = shelf;
        this.model = model;
    }

    void contribute(Routes routes) {
        routes.get("/skills/{id}", Access.BROWSER, this::show);
        routes.get("/skills/{id}/curve", Access.BROWSER, this::curve);
        routes.post("/skills/{id}/cycle", Access.BROWSER, this::cycle);
    }

    private void show(Exchange exchange) {
        InstalledSkill skill = shelf.skill(exchange.pathParameter("id"));
        Learner learner = shelf.learner(skill.id()).orElse(null);
        Frame frame = Frame.of(exchange, skill.name(), Section.SKILLS);
        View view = new View(
                frame,
                skill,
                model.info(),
                learner == null ? "" : learner.head().id(),
                learner == null ? null : learner.buffer(),
                learner == null ? List.of() : learner.log().stream().limit(ROWS).toList());
        templates.answer(exchange, 200, "skill.jte", view);
    }

    private void curve(Exchange exchange) {
        Curve curve = new Curve(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (Commit commit :
                shelf.history(shelf.skill(exchange.pathParameter("id")).id())) {
            Validation validation = commit.validation();
            if (validation != null) {
                curve.position.add(curve.position.size() + 1);
                curve.personal.add(validation.personal().after());
                curve.general.add(validation.general().after());
            }
        }
        exchange.answerJson(200, curve);
    }

    private void cycle(Exchange exchange) {
        Learner learner = shelf.requireLearner(exchange.pathParameter("id"));
        int count = LiveLearning.checkCount(count(exchange.form("count").orElse("1")));
        new LiveLearning(learner, exchange.events()).cycles(count);
    }

    private static int count(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException _) {
            throw new HttpException(400, "bad_count", "The number of cycles must be a whole number: change it");
        }
    }

    /**
     * What the template shows.
     *
     * @param head id of the commit that serves; empty if none does
     * @param commits newest first
     */
    public record View(
            Frame frame,
            InstalledSkill skill,
            ModelInfo base,
            String head,
            @Nullable BufferStatus buffer,
            List<Commit> commits) {}

    /** Mean nats per token after each commit that was validated, oldest first. */
    private record Curve(List<Integer> position, List<Double> personal, List<Double> general) {}
}
