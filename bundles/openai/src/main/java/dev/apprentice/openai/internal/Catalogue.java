package dev.apprentice.openai.internal;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.apprentice.http.HttpException;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.skills.InstalledSkill;
import dev.apprentice.skills.InstalledSkill.State;
import dev.apprentice.skills.Skills;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What can be asked: the base model by its name, each serving skill by its id. */
final class Catalogue {
    private final Instant start = Instant.now();
    private final LanguageModel model;
    private final Skills skills;

    Catalogue(LanguageModel model, Skills skills) {
        this.model = model;
        this.skills = skills;
    }

    List<Entry> list() {
        List<Entry> entries = new ArrayList<>();
        entries.add(new Entry(model.info().name(), "model", start.getEpochSecond(), "apprentice"));
        for (InstalledSkill skill : skills.list()) {
            if (skill.state() == State.SERVING) {
                entries.add(new Entry(skill.id(), "model", skill.installedAt().getEpochSecond(), skill.publisher()));
            }
        }
        return entries;
    }

    Entry entry(String id) {
        return list().stream().filter(entry -> entry.id.equals(id)).findFirst().orElseThrow(() -> unknown(id));
    }

    Responder find(String name) {
        if (name.equals(model.info().name())) {
            return new Responder.Base(name);
        }
        return new Responder.Skill(skills.serving(name).orElseThrow(() -> unknown(name)));
    }

    private static HttpException unknown(String name) {
        return new HttpException(
                404, "model_not_found", "There is no model or serving skill " + name + ": GET /v1/models lists them");
    }

    /** One line of the list of models. */
    record Entry(
            String id,
            String object,
            long created,
            @JsonProperty("owned_by") String ownedBy) {}
}
