package dev.apprentice.skills.internal;

import dev.apprentice.learning.Commit;
import dev.apprentice.learning.Learner;
import dev.apprentice.model.Adapter;
import dev.apprentice.skill.SkillPrompt;
import dev.apprentice.skills.ServingSkill;

/** Descriptor, code and adapter of one moment; an update or a commit does not touch the request that holds it. */
record Snapshot(SkillDescriptor descriptor, RunningSkill skill, String commit, Adapter adapter)
        implements ServingSkill {
    private static final int MOST_LOOKS = 1000;

    static ServingSkill of(RunningSkill skill, Learner learner) {
        Commit head = learner.head();
        Adapter adapter = learner.adapter();
        // Head and adapter are read one after the other, and a commit may fall in between.
        for (int look = 0; look < MOST_LOOKS && !head.adapterDigest().equals(adapter.digest()); look++) {
            Thread.onSpinWait();
            head = learner.head();
            adapter = learner.adapter();
        }
        return new Snapshot(skill.descriptor(), skill, head.id(), adapter);
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
