package dev.apprentice.skills.internal;

import dev.apprentice.signing.verify.VerifiedPackage;
import dev.apprentice.skills.Permission;
import java.time.Instant;
import java.util.List;

/**
 * One kept version of a skill: facts about it, and the digests of the blobs that hold its bytes and their signature.
 *
 * @param permissions labels of those that its user agreed to
 */
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
        Instant installedAt,
        List<String> permissions) {
    StoredVersion {
        permissions = List.copyOf(permissions);
    }

    /** A version whose user agreed to all that it asks for. */
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
                now,
                descriptor.permissions().stream().map(Permission::label).toList());
    }

    boolean allows(Permission permission) {
        return permissions.contains(permission.label());
    }

    /** Those of the permissions that nobody has agreed to for this version. */
    List<Permission> unconsented(List<Permission> asked) {
        return asked.stream().filter(permission -> !allows(permission)).toList();
    }
}
