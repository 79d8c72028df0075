package dev.apprentice.skill;

/**
 * Code of a skill that is more than data: shapes what goes into the model and what comes out.
 *
 * <p>The class named by {@code code} in the skill's descriptor implements it and has a public constructor without parameters. It
 * is called by several threads, must not block, and gets no access to the framework, files or sockets.
 */
public interface SkillExtension {

    /** Called once, before the other methods, if the user has agreed to the permission {@code files}. */
    default void open(SkillFiles files) {}

    /** The text the model continues, made of what the user wrote. */
    default String prepare(SkillPrompt prompt) {
        return prompt.text();
    }

    /** The answer the user gets, made of what the model wrote. */
    default String finish(String answer) {
        return answer;
    }
}
