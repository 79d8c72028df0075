package dev.apprentice.skills.internal;

import dev.apprentice.learning.LearnerProfile;
import dev.apprentice.signing.verify.PackageVerifier;
import dev.apprentice.signing.verify.VerifiedPackage;
import dev.apprentice.skills.Permission;
import dev.apprentice.skills.SkillException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;

/** Reads kept versions back from the blob store, trusting them no more than a file from outside. */
final class StoredSkills {
    private final Shelf shelf;

    StoredSkills(Shelf shelf) {
        this.shelf = shelf;
    }

    /** A kept version that was checked again. */
    record Restored(StoredVersion version, byte[] jar, AdmittedSkill skill, LearnerProfile profile) {}

    /** Reads and checks bytes, signature, trust, admission, base and adapter. */
    Restored restore(StoredVersion version) {
        VerifiedPackage verified = verify(version);
        AdmittedSkill skill = Admission.admit(verified.bytes());
        SkillDescriptor descriptor = skill.descriptor();
        if (!descriptor.id().equals(version.id())
                || !descriptor.version().toString().equals(version.version())) {
            throw new SkillException(
                    SkillException.Code.FAILED,
                    "The stored file of " + version.id() + " " + version.version() + " is one of " + descriptor.id()
                            + " " + descriptor.version() + ": remove the skill and install it again");
        }
        requireConsent(version, descriptor);
        Examination.requireFit(descriptor, shelf.model().info());
        return new Restored(version, verified.bytes(), skill, skill.profile(shelf.model()));
    }

    private static void requireConsent(StoredVersion version, SkillDescriptor descriptor) {
        List<Permission> unconsented = version.unconsented(descriptor.permissions());
        if (!unconsented.isEmpty()) {
            throw Refusal.consent(descriptor, unconsented);
        }
    }

    /** Checks revocation, signature and trust; certificates must have been valid when this machine installed the skill. */
    VerifiedPackage verify(StoredVersion version) {
        shelf.revoked().requireNone(version.id(), version.version());
        byte[] jar = shelf.store().blobs().read(version.jar());
        byte[] signature = shelf.store().blobs().read(version.signature());
        Clock then = Clock.fixed(version.installedAt(), ZoneOffset.UTC);
        return new PackageVerifier(then).verify(jar, signature, shelf.trust());
    }

    /** Lets an installed skill serve as it did before the last stop; nothing is written. */
    void resume(StoredVersion version) {
        Restored restored = restore(version);
        RunningSkill running = shelf.bundles().start(version, restored.skill(), restored.jar());
        try {
            shelf.learning().resume(restored.profile());
        } catch (RuntimeException failure) {
            shelf.bundles().remove(running.bundle());
            throw failure;
        }
        shelf.running().put(version.id(), running);
        shelf.problems().remove(version.id());
    }
}
