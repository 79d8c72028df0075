package dev.apprentice.skills.internal;

import dev.apprentice.signing.verify.VerifiedPackage;
import java.time.Instant;

/** One kept version of a skill: facts about it, and the digests of the blobs that hold its bytes and their signature. */
record StoredVersion(
        String id,
        String version,
        String name,
        String description,
        boolean dataOnly,
        String jar,
        String signature,
        String publisher,
        String fingerprint,
        Instant installedAt) {

    static StoredVersion of(AdmittedSkill skill, VerifiedPackage verified, String signature, Instant now) {
        SkillDescriptor descriptor = skill.descriptor();
        return new StoredVersion(
                descriptor.id(),
                descriptor.version().toString(),
                descriptor.name(),
                descriptor.description(),
                skill.classes().isEmpty(),
                verified.digest(),
                signature,
                verified.publisher(),
                verified.fingerprint(),
                now);
    }
}
