package dev.apprentice.skills.template;

import dev.apprentice.skill.SkillExtension;

/** The least a skill's code can do: answers without the white space at their end. */
public final class TrimmedAnswers implements SkillExtension {
    @Override
    public String finish(String answer) {
        return answer.stripTrailing();
    }
}
