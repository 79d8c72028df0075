package dev.apprentice.learning;

import dev.apprentice.model.Adapter;
import java.util.List;

/**
 * What one version of a skill brings to its learner.
 *
 * @param shipped the publisher's adapter, where learning starts
 * @param validation texts of the publisher that the adapter must not get worse at
 */
public record LearnerProfile(
        String skillId, String skillVersion, Adapter shipped, LearningSettings settings, List<String> validation) {
    public LearnerProfile {
        validation = List.copyOf(validation);
    }
}
