package dev.apprentice.skills;

import dev.apprentice.model.Adapter;
import dev.apprentice.model.Recall;
import dev.apprentice.skill.SkillPrompt;
import java.util.List;

/** One version of a skill while it answers one request. */
public interface ServingSkill {
    String id();

    String version();

    /** The commit whose adapter this is. */
    String commit();

    Adapter adapter();

    /** What the skill has read, for one answer. */
    Recall recall();

    /** The text to continue, through the skill's template and code. */
    String prepare(SkillPrompt prompt);

    /** The answer, through the skill's code. Text that streams is not passed through. */
    String finish(String answer);

    Defaults defaults();

    /** What holds where a request says nothing. */
    record Defaults(int maxTokens, double temperature, List<String> stops) {}
}
