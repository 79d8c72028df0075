package dev.apprentice.skills.internal;

import dev.apprentice.model.ModelInfo;
import dev.apprentice.signing.verify.PackageVerifier;
import dev.apprentice.signing.verify.VerifiedPackage;
import dev.apprentice.skills.Permission;
import dev.apprentice.skills.SkillException;
import dev.apprentice.skills.SkillOffer;
import dev.apprentice.skills.SkillPackage;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * A file from outside that may be installed here, if its user agrees to what it asks for and it does some good.
 *
 * @param installed the version that is installed now
 */
record Examination(VerifiedPackage verified, AdmittedSkill skill, Optional<StoredVersion> installed) {

    /** Looks at everything that can be known of a file without running the model. */
    static Examination of(Shelf shelf, SkillPackage file) {
        VerifiedPackage verified =
                new PackageVerifier(Clock.systemUTC()).verify(file.jar().clone(), file.signature(), shelf.trust());
        AdmittedSkill skill = Admission.admit(verified.bytes());
        SkillDescriptor descriptor = skill.descriptor();
        shelf.revoked().requireNone(descriptor.id(), descriptor.version().toString());
        requireFit(descriptor, shelf.model().info());
        Examination examined = new Examination(verified, skill, shelf.tables().installed(descriptor.id()));
        if (!examined.alreadyServes(shelf)) {
            examined.installed.ifPresent(version -> requireSamePublisher(version, verified));
            examined.requireNotOlder(shelf.tables().kept(descriptor.id()));
        }
        return examined;
    }

    boolean alreadyServes(Shelf shelf) {
        return installed.isPresent()
                && installed.get().jar().equals(verified.digest())
                && installed.get().fingerprint().equals(verified.fingerprint())
                && shelf.running().containsKey(installed.get().id());
    }

    /** What it asks for beyond what was agreed to for the installed version. */
    List<Permission> newPermissions() {
        List<Permission> asked = skill.descriptor().permissions();
        return installed.map(version -> version.unconsented(asked)).orElse(asked);
    }

    SkillOffer offer() {
        SkillDescriptor descriptor = skill.descriptor();
        return new SkillOffer(
                descriptor.id(),
                descriptor.version().toString(),
                descriptor.name(),
                descriptor.description(),
                verified.publisher(),
                verified.fingerprint(),
                skill.classes().isEmpty(),
                descriptor.permissions(),
                newPermissions(),
                installed.map(StoredVersion::version));
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
    private void requireNotOlder(List<StoredVersion> versions) {
        SkillDescriptor descriptor = skill.descriptor();
        for (StoredVersion kept : versions) {
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
