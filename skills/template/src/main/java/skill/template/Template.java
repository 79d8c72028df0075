package skill.template;

import dev.apprentice.skill.SkillExtension;
import dev.apprentice.skill.SkillPrompt;

/** Unifies line ends on the way in, and leaves no blanks at the end of an answer. */
public final class Template implements SkillExtension {

    @Override
    public String prepare(SkillPrompt prompt) {
        return prompt.text().replace("\r\n", "\n");
    }

    @Override
    public String finish(String answer) {
        return answer.stripTrailing();
    }
}
