package dev.apprentice.skills.internal;

import dev.apprentice.skill.SkillExtension;
import dev.apprentice.skill.SkillPrompt;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Calls the code of a skill so that neither its exceptions nor its slowness reach a request: then the plain text stands. */
final class SkillCode {
    private static final System.Logger LOGGER = System.getLogger(SkillCode.class.getName());
    private static final int LONGEST = 4_000_000;

    private final String skill;
    private final SkillExtension extension;
    private volatile boolean stuck;

    SkillCode(String skill, SkillExtension extension) {
        this.skill = skill;
        this.extension = extension;
    }

    String prepare(SkillPrompt prompt) {
        return call(() -> extension.prepare(prompt), prompt.text());
    }

    String finish(String answer) {
        return call(() -> extension.finish(answer), answer);
    }

    private String call(Callable<@Nullable String> work, String plain) {
        if (stuck) {
            return plain;
        }
        try {
            String result = CodeCall.run(skill, work);
            if (result != null && result.length() <= LONGEST) {
                return result;
            }
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "The code of skill {0} gave no text, or too long a one; plain text is used",
                    skill);
        } catch (TimeoutException e) {
            // What loops inside of a call to the Java runtime cannot be stopped, so there shall be one such thread and
            // no more.
            stuck = true;
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "The code of skill {0} {1} and is not called again until its next start",
                    skill,
                    e.getMessage());
        } catch (ExecutionException e) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "The code of skill " + skill + " failed; plain text is used",
                    e.getCause());
        }
        return plain;
    }
}
