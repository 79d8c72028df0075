package dev.apprentice.skills.internal;

import dev.apprentice.learning.Learned;
import dev.apprentice.learning.Learner;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.Recall;
import dev.apprentice.skill.SkillPrompt;
import dev.apprentice.skills.ServingSkill;

/** Descriptor, code and learned state of one moment; an update or a commit does not touch the request that holds it. */
record Snapshot(SkillDescriptor descriptor, RunningSkill skill, Learned learned) implements ServingSkill {
    static ServingSkill of(RunningSkill skill, Learner learner) {
        return new Snapshot(skill.descriptor(), skill, learner.learned());
    }

    @Override
    public String commit() {
        return learned.commit().id();
    }

    @Override
    public Adapter adapter() {
        return learned.adapter();
    }

    @Override
    public Recall recall() {
        return learned.memory().recall();
    }

    @Override
    public String id() {
        return descriptor.id();
    }

    @Override
    public String version() {
        return descriptor.version().toString();
    }

    @Override
    public String prepare(SkillPrompt prompt) {
        String text = skill.code().map(code -> code.prepare(prompt)).orElse(prompt.text());
        return descriptor.prompt().fill(text);
    }

    @Override
    public String finish(String answer) {
        return skill.code().map(code -> code.finish(answer)).orElse(answer);
    }

    @Override
    public Defaults defaults() {
        SkillDescriptor.Prompt prompt = descriptor.prompt();
        return new Defaults(prompt.maxTokens(), prompt.temperature(), prompt.stops());
    }
}
