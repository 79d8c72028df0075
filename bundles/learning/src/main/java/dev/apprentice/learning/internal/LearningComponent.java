package dev.apprentice.learning.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.LearningAlgebra;
import dev.apprentice.learning.Commit;
import dev.apprentice.learning.Learner;
import dev.apprentice.learning.LearnerProfile;
import dev.apprentice.learning.Learning;
import dev.apprentice.learning.LearningException;
import dev.apprentice.learning.PreparedState;
import dev.apprentice.model.LanguageModel;
import dev.apprentice.model.ReferenceTexts;
import dev.apprentice.store.AuditEvent;
import dev.apprentice.store.Store;
import dev.apprentice.store.StoreException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The learners of all skills over one base model and one store. */
@Component
public final class LearningComponent implements Learning {
    private static final System.Logger LOGGER = System.getLogger(LearningComponent.class.getName());

    private final Tools tools;
    private final CommitStore commits;
    private final Memories memories;
    private final Preparation preparation;
    private final Map<String, SkillLearner> learners = new ConcurrentHashMap<>();

    @Activate
    public LearningComponent(
            @Reference LanguageModel model,
            @Reference ReferenceTexts texts,
            @Reference LearningAlgebra algebra,
            @Reference(policyOption = ReferencePolicyOption.GREEDY) Kernels kernels,
            @Reference Store store) {
        this.tools = new Tools(model, texts, algebra, kernels, store);
        this.commits = new CommitStore(store);
        this.memories = new Memories(tools);
        this.preparation = new Preparation(tools, commits, memories);
        store.migrate(Schema.ROOM, Schema.STATEMENTS);
    }

    @Deactivate
    public void close() {
        learners.values().forEach(SkillLearner::close);
        learners.clear();
    }

    @Override
    public PreparedState prepare(LearnerProfile profile) {
        return preparation.forVersion(profile);
    }

    @Override
    public PreparedState prepareRollback(LearnerProfile profile, String commit) {
        return preparation.rollback(profile, commit);
    }

    @Override
    public void activate(PreparedState state) {
        if (!(state instanceof Prepared prepared)) {
            throw new IllegalArgumentException("A prepared state of another kind: pass what prepare returned");
        }
        String skill = prepared.skillId();
        tools.store().inTransaction(connection -> {
            Optional<String> head = commits.head(skill).map(CommitStore.Head::commit);
            if (!head.equals(prepared.from())) {
                throw new LearningException(
                        LearningException.Code.BUSY,
                        "The skill " + skill + " has learned more since this change was prepared: prepare it again");
            }
            commits.makeHead(connection, prepared.mind().head(), prepared.position());
            Experiences.requeueAfter(connection, skill, prepared.position().cursor());
            tools.store().afterCommit(() -> attach(prepared.mind()));
            return skill;
        });
    }

    @Override
    public Learner resume(LearnerProfile profile) {
        CommitStore.Head head = commits.head(profile.skillId())
                .orElseThrow(() -> new LearningException(
                        LearningException.Code.NOT_FOUND,
                        "The skill " + profile.skillId() + " has no learned state: install it again"));
        SkillLearner attached = learners.get(profile.skillId());
        if (attached != null && attached.head().id().equals(head.commit())) {
            return attached;
        }
        try {
            return attach(preparation.load(profile, commits.find(profile.skillId(), head.commit())));
        } catch (StoreException | LearningException damage) {
            return attach(fallBack(profile, head, damage));
        }
    }

    /** The newest commit of this version whose tensors can still be read becomes the head. */
    private Mind fallBack(LearnerProfile profile, CommitStore.Head head, RuntimeException damage) {
        String skill = profile.skillId();
        List<StoredCommit> candidates = commits.log(skill).stream()
                .filter(stored -> stored.commit().restorable()
                        && !stored.commit().id().equals(head.commit())
                        && stored.commit().skillVersion().equals(profile.skillVersion())
                        && stored.shipped().equals(profile.shipped().digest()))
                .toList();
        for (StoredCommit candidate : candidates) {
            Optional<Mind> mind = readable(profile, candidate);
            if (mind.isPresent()) {
                String detail = "the learned state of commit " + head.commit() + " is damaged (" + damage.getMessage()
                        + "); went back to commit " + candidate.commit().id();
                tools.store().inTransaction(connection -> {
                    commits.makeHead(connection, candidate, candidate.position());
                    Experiences.requeueAfter(connection, skill, candidate.cursor());
                    tools.store().audit().append(AuditEvent.SKILL_ROLLED_BACK, skill, detail);
                    return detail;
                });
                LOGGER.log(System.Logger.Level.WARNING, "Skill {0}: {1}", skill, detail);
                return mind.get();
            }
        }
        throw new LearningException(
                LearningException.Code.FAILED,
                "The learned state of " + skill + " is damaged (" + damage.getMessage()
                        + ") and no earlier commit of version " + profile.skillVersion()
                        + " can be read: put back a copy of the home folder, or remove the skill and install it again",
                damage);
    }

    private Optional<Mind> readable(LearnerProfile profile, StoredCommit candidate) {
        try {
            return Optional.of(preparation.load(profile, candidate));
        } catch (StoreException | LearningException damage) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "Commit {0} is damaged too: {1}",
                    candidate.commit().id(),
                    damage.getMessage());
            return Optional.empty();
        }
    }

    private SkillLearner attach(Mind mind) {
        return Objects.requireNonNull(learners.compute(mind.profile().skillId(), (skill, known) -> {
            if (known == null) {
                return new SkillLearner(tools, commits, memories, mind);
            }
            known.adopt(mind);
            return known;
        }));
    }

    @Override
    public void release(String skillId, LearnedState learned) {
        tools.store().inTransaction(connection -> {
            switch (learned) {
                case KEEP -> LOGGER.log(System.Logger.Level.DEBUG, "Keeping what {0} has learned", skillId);
                case DESTROY -> {
                    commits.destroy(connection, skillId);
                    memories.forget(skillId);
                }
            }
            tools.store()
                    .afterCommit(
                            () -> Optional.ofNullable(learners.remove(skillId)).ifPresent(SkillLearner::close));
            return skillId;
        });
    }

    @Override
    public Optional<Learner> learner(String skillId) {
        return Optional.ofNullable(learners.get(skillId));
    }

    @Override
    public List<Commit> log(String skillId) {
        return commits.log(skillId).stream().map(StoredCommit::commit).toList();
    }
}
