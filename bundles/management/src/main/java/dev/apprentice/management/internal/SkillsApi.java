package dev.apprentice.management.internal;

import dev.apprentice.http.Exchange;
import dev.apprentice.http.HttpException;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.learning.Commit;
import dev.apprentice.learning.Learner;
import dev.apprentice.learning.Learner.BufferStatus;
import dev.apprentice.learning.Learning;
import dev.apprentice.learning.Learning.LearnedState;
import dev.apprentice.management.Problems;
import dev.apprentice.skills.Consent;
import dev.apprentice.skills.InstalledSkill;
import dev.apprentice.skills.SkillPackage;
import dev.apprentice.skills.Skills;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Installs, lists, rolls back and removes skills. */
final class SkillsApi {
    private final Skills skills;
    private final Learning learning;

    SkillsApi(Skills skills, Learning learning) {
        this.skills = skills;
        this.learning = learning;
    }

    void contribute(Routes routes) {
        routes.get("/api/skills", Access.API, exchange -> exchange.answerJson(200, skills.list()));
        routes.post("/api/skills", Access.API, Problems.told(this::install));
        routes.get("/api/skills/{id}", Access.API, Problems.told(this::show));
        routes.delete("/api/skills/{id}", Access.API, Problems.told(this::remove));
        routes.post("/api/skills/{id}/rollback", Access.API, Problems.told(this::rollBack));
    }

    /** A form of two files, and in {@code allow} the labels of the permissions that the user agrees to, with commas. */
    private void install(Exchange exchange) {
        String name = "";
        byte[] jar = new byte[0];
        byte[] signature = new byte[0];
        for (Exchange.Upload upload : exchange.uploads()) {
            switch (upload.field()) {
                case "jar" -> {
                    name = upload.fileName();
                    jar = upload.content();
                }
                case "signature" -> signature = upload.content();
                default ->
                    throw new HttpException(
                            400, "bad_form", "The form has a file " + upload.field() + ": send only jar and signature");
            }
        }
        if (jar.length == 0) {
            throw new HttpException(400, "bad_form", "The form has no file: send the skill as multipart file jar");
        }
        List<String> allowed = Arrays.stream(exchange.form("allow").orElse("").split(","))
                .filter(label -> !label.isEmpty())
                .toList();
        exchange.answerJson(200, skills.install(new SkillPackage(name, jar, signature), Consent.to(allowed)));
    }

    private void show(Exchange exchange) {
        InstalledSkill skill = find(exchange);
        Optional<Learner> learner = learning.learner(skill.id());
        exchange.answerJson(
                200,
                new Details(
                        skill,
                        learner.map(Learner::head).orElse(null),
                        learner.map(Learner::buffer).orElse(null)));
    }

    private void remove(Exchange exchange) {
        String id = find(exchange).id();
        LearnedState learned = switch (exchange.query("learned").orElse("keep")) {
            case "keep" -> LearnedState.KEEP;
            case "destroy" -> LearnedState.DESTROY;
            default -> throw new HttpException(400, "bad_query", "learned must be keep or destroy: change it");
        };
        skills.remove(id, learned);
        exchange.answerJson(200, Map.of("removed", id));
    }

    private void rollBack(Exchange exchange) {
        String id = find(exchange).id();
        Target target = exchange.json(Target.class);
        if (target.commit != null && target.version == null) {
            exchange.answerJson(200, skills.rollBackToCommit(id, target.commit));
        } else if (target.version != null && target.commit == null) {
            exchange.answerJson(200, skills.rollBackToVersion(id, target.version));
        } else {
            throw new HttpException(400, "bad_json", "Send either commit or version to roll back to");
        }
    }

    private InstalledSkill find(Exchange exchange) {
        String id = exchange.pathParameter("id");
        return skills.find(id)
                .orElseThrow(() -> new HttpException(
                        404, "not_found", "No skill " + id + " is installed: see the list of skills"));
    }

    private record Details(
            InstalledSkill skill,
            @Nullable Commit head,
            @Nullable BufferStatus buffer) {}

    private record Target(@Nullable String commit, @Nullable String version) {}
}
