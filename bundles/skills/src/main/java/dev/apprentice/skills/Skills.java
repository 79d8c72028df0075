package dev.apprentice.skills;

import dev.apprentice.learning.Learning.LearnedState;
import java.util.List;
import java.util.Optional;

/** The shelf. Every change is a transaction over bundle and learned state: it happens whole, or nothing has changed. */
public interface Skills {

    List<InstalledSkill> list();

    Optional<InstalledSkill> find(String id);

    /**
     * Installs a skill, or updates it if an older version is there: verify, admission, the same bytes into the framework, probe,
     * serve.
     *
     * @param consent to the permissions it asks for; those agreed to for the installed version need none again
     * @throws SkillException with the reason of the refusal, which is in the audit log too; with code CONSENT if a permission
     *     lacks consent
     */
    InstalledSkill install(SkillPackage file, Consent consent);

    /** Installs or updates a skill that asks for no permission, or for none that is new. */
    default InstalledSkill install(SkillPackage file) {
        return install(file, Consent.NONE);
    }

    /**
     * Verifies and admits a file as {@link #install} does, without installing it.
     *
     * @throws SkillException with the reason of the refusal, which is in the audit log too
     */
    SkillOffer examine(SkillPackage file);

    /** Goes back to a commit: to the skill's version of that time and to what it knew then. */
    InstalledSkill rollBackToCommit(String id, String commit);

    /** Goes back to a kept version, with the last thing learned under it. */
    InstalledSkill rollBackToVersion(String id, String version);

    void remove(String id, LearnedState learned);

    /** What answers requests for this skill now. */
    Optional<ServingSkill> serving(String id);
}
