package dev.apprentice.skills.internal;

import java.util.Optional;
import org.osgi.framework.Bundle;

/** One version of a skill as it lies in the framework. */
record RunningSkill(StoredVersion version, SkillDescriptor descriptor, Bundle bundle, Optional<SkillCode> code) {}
