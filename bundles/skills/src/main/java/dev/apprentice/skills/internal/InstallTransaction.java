package dev.apprentice.skills.internal;

import dev.apprentice.learning.LearnerProfile;
import dev.apprentice.learning.PreparedState;
import dev.apprentice.signing.verify.VerifiedPackage;
import dev.apprentice.skills.Consent;
import dev.apprentice.skills.Permission;
import dev.apprentice.skills.SkillPackage;
import dev.apprentice.store.AuditEvent;
import java.time.Instant;
import java.util.List;

/** Installs or updates a skill. Until the last line nothing has changed, and the last line is a transaction. */
final class InstallTransaction {
    private final Shelf shelf;

    InstallTransaction(Shelf shelf) {
        this.shelf = shelf;
    }

    /** Runs all steps; returns the id of the skill, which serves then. */
    String run(SkillPackage file, Consent consent) {
        Examination examined = Examination.of(shelf, file);
        AdmittedSkill skill = examined.skill();
        if (examined.alreadyServes(shelf)) {
            return skill.descriptor().id();
        }
        requireConsent(examined, consent);
        LearnerProfile profile = skill.profile(shelf.model());
        long start = System.nanoTime();
        if (skill.shipped().isPresent()) {
            Probe.run(shelf.model(), profile.shipped(), skill.validation());
        }
        PreparedState state = shelf.learning().prepare(profile);
        long gateMillis = (System.nanoTime() - start) / 1_000_000;
        VerifiedPackage verified = examined.verified();
        shelf.store().blobs().put(verified.bytes());
        String signature = shelf.store().blobs().put(file.signature());
        StoredVersion version = StoredVersion.of(skill, verified, signature, Instant.now());
        AuditEvent event = examined.installed().isPresent() ? AuditEvent.SKILL_UPDATED : AuditEvent.SKILL_INSTALLED;
        String detail = "version " + version.version() + ", " + version.jar() + ", signed by " + version.publisher()
                + " " + version.fingerprint() + ", permissions " + version.permissions() + ", commit "
                + state.commit().id() + ", gate " + gateMillis + " ms";
        new Switchover(shelf).run(version, skill, verified.bytes(), state, event, detail);
        return version.id();
    }

    private static void requireConsent(Examination examined, Consent consent) {
        List<Permission> unconsented = examined.newPermissions().stream()
                .filter(permission -> !consent.permissions().contains(permission))
                .toList();
        if (!unconsented.isEmpty()) {
            throw Refusal.consent(examined.skill().descriptor(), unconsented);
        }
    }
}
