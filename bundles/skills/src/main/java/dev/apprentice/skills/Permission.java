package dev.apprentice.skills;

import java.util.Arrays;
import java.util.Optional;

/**
 * What the code of a skill may do beyond shaping text, if its descriptor asks for it and the user agrees. Only what admission can
 * really withhold is here; a skill of data needs none.
 */
public enum Permission {
    /** Through {@code dev.apprentice.skill.SkillFiles}. */
    FILES("files", "keeps texts of its own on this machine, in a folder where it reaches nothing else"),
    /** Through {@code java.time}, {@code java.util} and {@code System}. */
    READ_CLOCK("read_clock", "reads the date and the time, so that it may behave differently on another day");

    private final String label;
    private final String meaning;

    Permission(String label, String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    /** Its name in descriptors, on the command line and in the API. */
    public String label() {
        return label;
    }

    /** What a skill that has it does, to follow the skill's name in a sentence. */
    public String meaning() {
        return meaning;
    }

    /** The permission of this label. */
    public static Optional<Permission> of(String label) {
        return Arrays.stream(values())
                .filter(permission -> permission.label.equals(label))
                .findFirst();
    }
}
