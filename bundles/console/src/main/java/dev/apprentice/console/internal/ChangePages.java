package dev.apprentice.console.internal;

import dev.apprentice.console.internal.Frame.Notice;
import dev.apprentice.console.internal.Frame.Section;
import dev.apprentice.http.Exchange;
import dev.apprentice.http.HttpException;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.learning.Learning.LearnedState;
import dev.apprentice.learning.LearningException;
import dev.apprentice.management.Problems;
import dev.apprentice.skills.InstalledSkill;
import dev.apprentice.skills.SkillException;
import dev.apprentice.skills.Skills;

/** Pages that ask once more before a skill is rolled back or removed, and do it. */
public final class ChangePages {
    private final Templates templates;
    private final Shelf shelf;
    private final Skills skills;

    ChangePages(Templates templates, Shelf shelf, Skills skills) {
        this.templates = templates;
        this.shelf = shelf;
        this.skills = skills;
    }

    void contribute(Routes routes) {
        routes.get("/skills/{id}/roll-back", Access.BROWSER, Problems.told(this::askToRollBack));
        routes.post("/skills/{id}/roll-back", Access.BROWSER, this::rollBack);
        routes.get("/skills/{id}/remove", Access.BROWSER, Problems.told(this::askToRemove));
        routes.post("/skills/{id}/remove", Access.BROWSER, this::remove);
    }

    private void askToRollBack(Exchange exchange) {
        String commit = exchange.query("commit").orElse("");
        String version = exchange.query("version").orElse("");
        if (commit.isEmpty() == version.isEmpty()) {
            throw new HttpException(400, "bad_query", "Say either commit or version to roll back to");
        }
        rollBackPage(exchange, 200, frame(exchange, "Roll back"), commit, version);
    }

    private void rollBack(Exchange exchange) {
        InstalledSkill skill = shelf.skill(exchange.pathParameter("id"));
        String commit = exchange.form("commit").orElse("");
        String version = exchange.form("version").orElse("");
        try {
            if (commit.isEmpty()) {
                skills.rollBackToVersion(skill.id(), version);
            } else {
                skills.rollBackToCommit(skill.id(), commit);
            }
            exchange.redirect("/skills/" + Format.part(skill.id()));
        } catch (SkillException | LearningException e) {
            rollBackPage(exchange, 422, frame(exchange, "Roll back").with(Notice.refused(e)), commit, version);
        }
    }

    private void rollBackPage(Exchange exchange, int status, Frame frame, String commit, String version) {
        InstalledSkill skill = shelf.skill(exchange.pathParameter("id"));
        templates.answer(exchange, status, "roll-back.jte", new RollBackView(frame, skill, commit, version));
    }

    private void askToRemove(Exchange exchange) {
        removePage(exchange, 200, frame(exchange, "Remove"));
    }

    private void remove(Exchange exchange) {
        InstalledSkill skill = shelf.skill(exchange.pathParameter("id"));
        LearnedState learned =
                exchange.form("learned").orElse("keep").equals("destroy") ? LearnedState.DESTROY : LearnedState.KEEP;
        try {
            skills.remove(skill.id(), learned);
            exchange.redirect("/");
        } catch (SkillException e) {
            removePage(exchange, 422, frame(exchange, "Remove").with(Notice.refused(e)));
        }
    }

    private void removePage(Exchange exchange, int status, Frame frame) {
        InstalledSkill skill = shelf.skill(exchange.pathParameter("id"));
        templates.answer(exchange, status, "remove.jte", new RemoveView(frame, skill));
    }

    private static Frame frame(Exchange exchange, String title) {
        return Frame.of(exchange, title, Section.SKILLS);
    }

    /** Where to roll back to: a commit, or if that is empty a version. */
    public record RollBackView(Frame frame, InstalledSkill skill, String commit, String version) {}

    /** What is to be removed. */
    public record RemoveView(Frame frame, InstalledSkill skill) {}
}
