package dev.apprentice.skills.internal;

import dev.apprentice.learning.LearnerProfile;
import dev.apprentice.learning.PreparedState;
import dev.apprentice.model.ModelInfo;
import dev.apprentice.signing.verify.PackageVerifier;
import dev.apprentice.signing.verify.VerifiedPackage;
import dev.apprentice.skills.SkillException;
import dev.apprentice.skills.SkillPackage;
import dev.apprentice.store.AuditEvent;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** Installs or updates a skill. Until the last line nothing has changed, and the last line is a transaction. */
final class InstallTransaction {
    private final Shelf shelf;

    InstallTransaction(Shelf shelf) {
        this.shelf = shelf;
    }

    /** Runs all steps; returns the id of the skill, which serves then. */
    String run(SkillPackage file) {
        VerifiedPackage verified =
                new PackageVerifier(Clock.systemUTC()).verify(file.jar().clone(), file.signature(), shelf.trust());
        AdmittedSkill skill = Admission.admit(verified.bytes());
        SkillDescriptor descriptor = skill.descriptor();
        shelf.revoked().requireNone(descriptor.id(), descriptor.version().toString());
        requireFit(descriptor, shelf.model().info());
        Optional<StoredVersion> installed = shelf.tables().installed(descriptor.id());
        if (alreadyServes(installed, verified)) {
            return descriptor.id();
        }
        installed.ifPresent(version -> requireSamePublisher(version, verified));
        requireNotOlder(descriptor, verified);
        LearnerProfile profile = skill.profile(shelf.model().readAdapter(skill.adapter()));
        Probe.run(shelf.model(), profile.shipped(), skill.validation());
        PreparedState state = shelf.learning().prepare(profile);
        shelf.store().blobs().put(verified.bytes());
        String signature = shelf.store().blobs().put(file.signature());
        StoredVersion version = StoredVersion.of(skill, verified, signature, Instant.now());
        AuditEvent event = installed.isPresent() ? AuditEvent.SKILL_UPDATED : AuditEvent.SKILL_INSTALLED;
        String detail = "version " + version.version() + ", " + version.jar() + ", signed by " + version.publisher()
                + " " + version.fingerprint() + ", commit " + state.commit().id();
        new Switchover(shelf).run(version, skill, verified.bytes(), state, event, detail);
        return version.id();
    }

    static void requireFit(SkillDescriptor descriptor, ModelInfo model) {
        boolean tokenizerFits = descriptor
                .tokenizerDigest()
                .map(model.tokenizerDigest()::equals)
                .orElse(true);
        if (!descriptor.baseDigest().equals(model.digest()) || !tokenizerFits) {
            throw new SkillException(
                    SkillException.Code.INCOMPATIBLE,
                    descriptor.id() + " " + descriptor.version() + " was made for the base " + descriptor.baseDigest()
                            + descriptor
                                    .tokenizerDigest()
                                    .map(digest -> " with tokenizer " + digest)
                                    .orElse("") + ", but here runs "
                            + model.name() + " " + model.digest() + " with tokenizer " + model.tokenizerDigest()
                            + ": get the skill for this base");
        }
    }

    private boolean alreadyServes(Optional<StoredVersion> installed, VerifiedPackage verified) {
        return installed.isPresent()
                && installed.get().jar().equals(verified.digest())
                && installed.get().fingerprint().equals(verified.fingerprint())
                && shelf.running().containsKey(installed.get().id());
    }

    /** One trusted publisher must not take over the skill of another. */
    private static void requireSamePublisher(StoredVersion installed, VerifiedPackage verified) {
        if (!installed.fingerprint().equals(verified.fingerprint())) {
            throw new SkillException(
                    SkillException.Code.SIGNATURE,
                    installed.id() + " was installed from '" + installed.publisher() + "' (" + installed.fingerprint()
                            + "), but this file is signed by '" + verified.publisher() + "' (" + verified.fingerprint()
                            + "): remove the skill first, keeping what it learned, if you want to change its publisher");
        }
    }

    /** A version once replaced may have known faults, so its valid old signature is not enough; rolling back is a command of its own. */
    private void requireNotOlder(SkillDescriptor descriptor, VerifiedPackage verified) {
        for (StoredVersion kept : shelf.tables().kept(descriptor.id())) {
            int order = descriptor.version().compareTo(SkillVersion.of(kept.version()));
            if (order < 0) {
                throw new SkillException(
                        SkillException.Code.VERSION,
                        descriptor.id() + " " + descriptor.version() + " is older than " + kept.version()
                                + ", which was installed here: roll back instead, or get a newer one");
            }
            if (order == 0 && !kept.jar().equals(verified.digest())) {
                throw new SkillException(
                        SkillException.Code.VERSION,
                        descriptor.id() + " " + descriptor.version()
                                + " has other content than the file of that version installed here (" + kept.jar()
                                + "): the publisher must give it a new version");
            }
        }
    }
}
