package dev.apprentice.skill;

/**
 * What a user asked a skill.
 *
 * @param text the prompt, or for fill-in-the-middle what stands before the gap
 * @param suffix what stands after the gap; empty if there is none
 */
public record SkillPrompt(String text, String suffix) {}
