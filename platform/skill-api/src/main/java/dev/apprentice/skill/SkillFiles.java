package dev.apprentice.skill;

import java.util.List;
import java.util.Optional;

/**
 * Texts that a skill keeps from one request to the next, and from one version to the next: at most {@value #MOST} of
 * {@value #LONGEST} characters each, in a folder of the skill's own. For skills with the permission {@code files}.
 *
 * <p>A name is 1 to 64 of the characters {@code a-z 0-9 _ -}. Other names, longer texts and more texts are refused by
 * {@link IllegalArgumentException}, a failing disk and a skill that was removed by {@link IllegalStateException}.
 */
public interface SkillFiles {
    int MOST = 64;

    int LONGEST = 262_144;

    /** The names of all texts, sorted. */
    List<String> names();

    Optional<String> read(String name);

    /** Writes or replaces a text, whole or not at all. */
    void write(String name, String text);

    /** Deletes a text, if there is one. */
    void delete(String name);
}
