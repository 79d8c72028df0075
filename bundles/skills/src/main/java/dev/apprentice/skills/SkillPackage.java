package dev.apprentice.skills;

/**
 * A skill as it comes from outside, nothing of it trusted yet.
 *
 * @param fileName for messages only
 * @param jar the bundle
 * @param signature detached CMS over the whole jar; empty if there is none
 */
public record SkillPackage(String fileName, byte[] jar, byte[] signature) {}
