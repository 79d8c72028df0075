package dev.apprentice.skills.internal;

import dev.apprentice.learning.LearnerProfile;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterFiles;
import java.util.List;

/**
 * A skill whose archive, headers, classes and descriptor are as they may be.
 *
 * @param validation the publisher's texts, at least one
 * @param classes names of all classes; empty for a skill of data
 */
record AdmittedSkill(SkillDescriptor descriptor, AdapterFiles adapter, List<String> validation, List<String> classes) {

    LearnerProfile profile(Adapter shipped) {
        return new LearnerProfile(
                descriptor.id(), descriptor.version().toString(), shipped, descriptor.learning(), validation);
    }
}
