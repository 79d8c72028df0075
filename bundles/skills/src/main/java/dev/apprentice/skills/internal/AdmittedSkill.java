package dev.apprentice.skills.internal;

import dev.apprentice.learning.LearnerProfile;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterFiles;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.LanguageModel;
import java.util.List;
import java.util.Optional;

/**
 * A skill whose archive, headers, classes and descriptor are as they may be.
 *
 * @param shipped the adapter in the archive; empty if the skill starts from a blank one
 * @param validation the publisher's texts, at least one
 * @param classes names of all classes; empty for a skill of data
 */
record AdmittedSkill(
        SkillDescriptor descriptor, Optional<AdapterFiles> shipped, List<String> validation, List<String> classes) {

    /** What the learner of this skill works with on a base. */
    LearnerProfile profile(LanguageModel model) {
        Adapter start = switch (descriptor.adapter()) {
            case StartingAdapter.Shipped _ -> model.readAdapter(shipped.orElseThrow());
            // the same for every install and version, so that what was learned goes on
            case StartingAdapter.Blank(AdapterSpec spec) ->
                model.freshAdapter(spec, descriptor.id().hashCode());
        };
        return new LearnerProfile(
                descriptor.id(), descriptor.version().toString(), start, descriptor.learning(), validation);
    }
}
