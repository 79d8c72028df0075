package dev.apprentice.openai.internal;

import dev.apprentice.model.Adapter;
import dev.apprentice.model.Recall;
import dev.apprentice.skill.SkillPrompt;
import dev.apprentice.skills.ServingSkill;
import dev.apprentice.skills.ServingSkill.Defaults;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who answers a request. */
sealed interface Responder {
    Defaults BASE_DEFAULTS = new Defaults(128, 0.2, List.of());

    String name();

    @Nullable
    Adapter adapter();

    /** What is recalled beside it, for one answer. */
    Recall recall();

    String prepare(SkillPrompt prompt);

    /** The whole answer as its receiver gets it; streamed text is not passed through. */
    String finish(String answer);

    Defaults defaults();

    /** The frozen base model, through no code of adapters or skills. */
    record Base(String name) implements Responder {
        @Override
        public @Nullable Adapter adapter() {
            return null;
        }

        @Override
        public Recall recall() {
            return Recall.NONE;
        }

        @Override
        public String prepare(SkillPrompt prompt) {
            return prompt.text();
        }

        @Override
        public String finish(String answer) {
            return answer;
        }

        @Override
        public Defaults defaults() {
            return BASE_DEFAULTS;
        }
    }

    /** A skill as it was when the request came. */
    record Skill(ServingSkill serving) implements Responder {
        @Override
        public String name() {
            return serving.id();
        }

        @Override
        public Adapter adapter() {
            return serving.adapter();
        }

        @Override
        public Recall recall() {
            return serving.recall();
        }

        @Override
        public String prepare(SkillPrompt prompt) {
            return serving.prepare(prompt);
        }

        @Override
        public String finish(String answer) {
            return serving.finish(answer);
        }

        @Override
        public Defaults defaults() {
            return serving.defaults();
        }
    }
}
