package dev.apprentice.console.internal;

import dev.apprentice.http.HttpException;
import dev.apprentice.learning.Commit;
import dev.apprentice.learning.Learner;
import dev.apprentice.learning.Learning;
import dev.apprentice.skills.InstalledSkill;
import dev.apprentice.skills.Skills;
import java.util.List;
import java.util.Optional;

/** The installed skills together with what they have learned. */
final class Shelf {
    private final Skills skills;
    private final Learning learning;

    Shelf(Skills skills, Learning learning) {
        this.skills = skills;
        this.learning = learning;
    }

    List<InstalledSkill> list() {
        return skills.list();
    }

    InstalledSkill skill(String id) {
        return skills.find(id)
                .orElseThrow(() -> new HttpException(404, "not_found", "No skill " + id + " is installed"));
    }

    Optional<Learner> learner(String id) {
        return learning.learner(id);
    }

    Learner requireLearner(String id) {
        String problem = skill(id).problem();
        return learner(id)
                .orElseThrow(() ->
                        new HttpException(409, "not_serving", "The skill " + id + " learns nothing now: " + problem));
    }

    /** Oldest first. */
    List<Commit> history(String id) {
        return learner(id).map(Learner::log).orElse(List.of()).reversed();
    }
}
