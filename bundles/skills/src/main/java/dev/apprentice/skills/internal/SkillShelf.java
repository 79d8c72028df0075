package dev.apprentice.skills.internal;

import dev.apprentice.learning.Commit;
import dev.apprentice.learning.Learning.LearnedState;
import dev.apprentice.learning.PreparedState;
import dev.apprentice.skills.Consent;
import dev.apprentice.skills.InstalledSkill;
import dev.apprentice.skills.ServingSkill;
import dev.apprentice.skills.SkillException;
import dev.apprentice.skills.SkillOffer;
import dev.apprentice.skills.SkillPackage;
import dev.apprentice.skills.Skills;
import dev.apprentice.store.AuditEvent;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The skills of this machine. One change happens at a time; requests are answered meanwhile. */
final class SkillShelf implements Skills {
    private static final System.Logger LOGGER = System.getLogger(SkillShelf.class.getName());

    private final Shelf shelf;
    private final StoredSkills stored;
    private final ReentrantLock changing = new ReentrantLock();

    SkillShelf(Shelf shelf) {
        this.shelf = shelf;
        this.stored = new StoredSkills(shelf);
    }

    /** Brings every installed skill back as its bytes, its signature and the trust in it allow at this moment. */
    void start() {
        shelf.bundles().removeAll();
        shelf.tables().retainBlobs();
        shelf.folders().retain(shelf.tables().keptIds());
        recheck();
    }

    void stop() {
        shelf.running().clear();
        shelf.bundles().removeAll();
    }

    /** Looks again whether each skill may run: quarantines those that may not, and frees those that may again. */
    void recheck() {
        changing.lock();
        try {
            shelf.tables().installed().forEach(this::recheck);
        } finally {
            changing.unlock();
        }
    }

    private void recheck(StoredVersion version) {
        try {
            if (shelf.running().containsKey(version.id())) {
                stored.verify(version);
            } else {
                stored.resume(version);
            }
        } catch (RuntimeException | LinkageError failure) {
            quarantine(version, Refusal.of(failure).getMessage());
        }
    }

    private void quarantine(StoredVersion version, @Nullable String reason) {
        String problem = reason == null ? "unknown" : reason;
        RunningSkill running = shelf.running().remove(version.id());
        if (running != null) {
            shelf.bundles().remove(running.bundle());
            shelf.folders().close(version.id());
            shelf.learning().release(version.id(), LearnedState.KEEP);
        }
        if (!problem.equals(shelf.problems().put(version.id(), problem))) {
            LOGGER.log(System.Logger.Level.WARNING, "The skill {0} does not run: {1}", version.id(), problem);
            shelf.store()
                    .audit()
                    .append(
                            AuditEvent.SKILL_QUARANTINED,
                            version.id(),
                            "version " + version.version() + ": " + problem);
        }
    }

    @Override
    public List<InstalledSkill> list() {
        return shelf.tables().installed().stream().map(this::describe).toList();
    }

    @Override
    public Optional<InstalledSkill> find(String id) {
        return shelf.tables().installed(id).map(this::describe);
    }

    @Override
    public InstalledSkill install(SkillPackage file, Consent consent) {
        return change(
                "install of " + file.fileName(), () -> installed(new InstallTransaction(shelf).run(file, consent)));
    }

    @Override
    public SkillOffer examine(SkillPackage file) {
        return change(
                "look at " + file.fileName(), () -> Examination.of(shelf, file).offer());
    }

    @Override
    public InstalledSkill rollBackToCommit(String id, String commit) {
        return change("rollback of " + id, () -> {
            Commit target = log(id).stream()
                    .filter(known -> known.id().equals(commit))
                    .findFirst()
                    .orElseThrow(() -> notFound(id + " has no commit " + commit));
            return rollBack(id, target);
        });
    }

    @Override
    public InstalledSkill rollBackToVersion(String id, String version) {
        return change("rollback of " + id, () -> {
            Commit target = log(id).stream()
                    .filter(commit -> commit.skillVersion().equals(version) && commit.restorable())
                    .findFirst()
                    .orElseThrow(() -> notFound(id + " keeps nothing learned under version " + version));
            return rollBack(id, target);
        });
    }

    private InstalledSkill rollBack(String id, Commit target) {
        StoredVersion version = shelf.tables().kept(id).stream()
                .filter(kept -> kept.version().equals(target.skillVersion()))
                .findFirst()
                .orElseThrow(() -> notFound(id + " keeps no version " + target.skillVersion()));
        StoredSkills.Restored restored = stored.restore(version);
        PreparedState state = shelf.learning().prepareRollback(restored.profile(), target.id());
        String detail = "to version " + version.version() + ", permissions " + version.permissions() + ", commit "
                + target.id();
        new Switchover(shelf)
                .run(version, restored.skill(), restored.jar(), state, AuditEvent.SKILL_ROLLED_BACK, detail);
        return installed(id);
    }

    @Override
    public void remove(String id, LearnedState learned) {
        change("removal of " + id, () -> {
            StoredVersion version = shelf.tables().installed(id).orElseThrow(() -> notFound("There is no skill " + id));
            shelf.store().inTransaction(connection -> {
                shelf.tables().remove(connection, id, learned);
                shelf.learning().release(id, learned);
                String detail = "version " + version.version() + ", learned state: " + learned;
                shelf.store().audit().append(AuditEvent.SKILL_REMOVED, id, detail);
                shelf.store().afterCommit(() -> stop(id));
                return id;
            });
            shelf.tables().retainBlobs();
            shelf.folders().retain(shelf.tables().keptIds());
            return id;
        });
    }

    private void stop(String id) {
        RunningSkill running = shelf.running().remove(id);
        if (running != null) {
            shelf.bundles().remove(running.bundle());
        }
        shelf.problems().remove(id);
        shelf.folders().close(id);
    }

    @Override
    public Optional<ServingSkill> serving(String id) {
        RunningSkill running = shelf.running().get(id);
        return running == null
                ? Optional.empty()
                : shelf.learning().learner(id).map(learner -> Snapshot.of(running, learner));
    }

    private InstalledSkill installed(String id) {
        return find(id).orElseThrow(() -> notFound("There is no skill " + id));
    }

    /** Runs a change alone; a refusal is written down outside of the transaction that it rolled back. */
    private <T> T change(String what, Supplier<T> work) {
        changing.lock();
        try {
            return work.get();
        } catch (RuntimeException | LinkageError failure) {
            SkillException refusal = Refusal.of(failure);
            try {
                shelf.store()
                        .audit()
                        .append(AuditEvent.SKILL_REFUSED, what, refusal.code() + ": " + refusal.getMessage());
            } catch (RuntimeException unwritten) {
                refusal.addSuppressed(unwritten);
            }
            throw refusal;
        } finally {
            changing.unlock();
        }
    }

    /** Also of a skill that is stopped: going back may be what sets it free. */
    private List<Commit> log(String id) {
        installed(id);
        return shelf.learning().log(id);
    }

    private InstalledSkill describe(StoredVersion version) {
        String id = version.id();
        boolean serves = shelf.running().containsKey(id);
        return new InstalledSkill(
                id,
                version.version(),
                version.name(),
                version.description(),
                version.publisher(),
                version.fingerprint(),
                version.jar(),
                version.installedAt(),
                shelf.tables().kept(id).stream().map(StoredVersion::version).toList(),
                version.permissions(),
                version.dataOnly(),
                serves ? InstalledSkill.State.SERVING : InstalledSkill.State.QUARANTINED,
                serves ? "" : shelf.problems().getOrDefault(id, "it has not been started yet"));
    }

    private static SkillException notFound(String what) {
        return new SkillException(SkillException.Code.NOT_FOUND, what + ": see the list of skills and their history");
    }
}
