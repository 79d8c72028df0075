package dev.apprentice.skills.internal;

import dev.apprentice.learning.LearningSettings;
import dev.apprentice.skills.Permission;
import java.util.List;
import java.util.Optional;

/**
 * What a skill says of itself in {@value #FILE}.
 *
 * @param baseDigest the base model its adapter was made for
 * @param tokenizerDigest the tokenizer, where the skill depends on it
 * @param adapter what learning starts from
 * @param validation file of the texts its learning must not get worse at
 * @param permissions what its code asks for, each once
 * @param code name of the class that implements the skill API; empty for a skill of data
 */
record SkillDescriptor(
        String id,
        SkillVersion version,
        String name,
        String description,
        String baseDigest,
        Optional<String> tokenizerDigest,
        StartingAdapter adapter,
        Prompt prompt,
        LearningSettings learning,
        String validation,
        List<Permission> permissions,
        Optional<String> code) {
    static final String FILE = "META-INF/apprentice/skill.json";

    /** How a request becomes a text to continue; {@code {prompt}} in the template stands for what the user wrote. */
    record Prompt(String template, List<String> stops, int maxTokens, double temperature) {
        static final String PLACE = "{prompt}";

        String fill(String text) {
            return template.replace(PLACE, text);
        }
    }
}
