package dev.apprentice.learning.internal;

import dev.apprentice.learning.Commit;
import dev.apprentice.learning.CycleReport;
import dev.apprentice.learning.Experience;
import dev.apprentice.learning.IngestReport;
import dev.apprentice.learning.Learned;
import dev.apprentice.learning.Learner;
import dev.apprentice.learning.LearningException;
import dev.apprentice.learning.LearningSettings;
import dev.apprentice.learning.Measurement;
import dev.apprentice.learning.Progress;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.Trainer;
import dev.apprentice.model.TrainingBudget;
import dev.apprentice.model.TrainingSample;
import dev.apprentice.store.AuditEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The learner of one skill over all its versions. */
final class SkillLearner implements Learner, AutoCloseable {
    private final Tools tools;
    private final CommitStore commits;
    private final Memories memories;
    private final Experiences experiences;
    private final Guard guard;
    private final ReentrantLock busy = new ReentrantLock();
    private volatile Mind mind;
    private volatile boolean closed;
    /** Null until needed, and again when the database may say something else. */
    private volatile @Nullable ReplayBuffer buffer;

    private volatile @Nullable Rehearsal rehearsal;
    private volatile Scorer scorer;
    private @Nullable Trainer trainer; // guarded by busy, as the one below
    private @Nullable LearnedVectors spare;

    SkillLearner(Tools tools, CommitStore commits, Memories memories, Mind mind) {
        this.memories = memories;
        this.tools = tools;
        this.commits = commits;
        this.mind = mind;
        this.experiences = new Experiences(tools.store(), mind.profile().skillId());
        this.guard = new Guard(tools, experiences);
        this.scorer = new Scorer(tools.model());
    }

    /** Goes on from another state, perhaps with other settings; a cycle under way notices and drops its result. */
    void adopt(Mind next) {
        buffer = null;
        rehearsal = null;
        scorer = new Scorer(tools.model());
        mind = next;
    }

    Mind mind() {
        return mind;
    }

    @Override
    public String skillId() {
        return mind.profile().skillId();
    }

    @Override
    public Learned learned() {
        return mind.learned();
    }

    @Override
    public List<Commit> log() {
        return commits.log(skillId()).stream().map(StoredCommit::commit).toList();
    }

    @Override
    public Optional<Commit> commit(String id) {
        return log().stream().filter(commit -> commit.id().equals(id)).findFirst();
    }

    @Override
    public BufferStatus buffer() {
        return experiences.status(settings().bufferSize());
    }

    @Override
    public long record(Experience experience) {
        Guard.malformed(experience).ifPresent(this::refuse);
        if (experience.verdict() == Experience.Verdict.ACCEPTED && experiences.isRejected(experience)) {
            refuse("the same answer was rejected before: send it as corrected to overrule that");
        }
        TrainingSample sample = samples().of(experience);
        double nats =
                tools.model().score(sample.tokens(), sample.from(), adapter()).meanNats();
        if (experience.verdict() != Experience.Verdict.REJECTED
                && experience.verdict() != Experience.Verdict.INGESTED) {
            guard.suspicious(experience, nats).ifPresent(this::refuse);
        }
        return tools.store().inTransaction(connection -> {
            if (experience.verdict() == Experience.Verdict.CORRECTED && experiences.isRejected(experience)) {
                experiences.forgive(connection, experience);
            }
            Optional<Long> known = experiences.same(experience);
            long id = experiences
                    .add(connection, experience, nats)
                    .or(() -> known)
                    .orElseThrow();
            if (experience.verdict() == Experience.Verdict.REJECTED) {
                tools.store().afterCommit(this::forgetRejected);
            }
            return id;
        });
    }

    /** What was rejected may have been in all of these. */
    private void forgetRejected() {
        buffer = null;
        scorer = new Scorer(tools.model());
        memories.forget(skillId());
    }

    private void refuse(String reason) {
        tools.store().inTransaction(connection -> {
            experiences.countRefusal(connection);
            tools.store().audit().append(AuditEvent.EXPERIENCE_REFUSED, skillId(), reason);
            return reason;
        });
        throw new LearningException(LearningException.Code.REFUSED, "The experience was refused: " + reason);
    }

    @Override
    public IngestReport ingest(Path folder, int measuredTokens, Progress progress) {
        return exclusively(() ->
                new Ingest(tools, commits, experiences, skillId(), settings()).run(folder, measuredTokens, progress));
    }

    @Override
    public CycleReport cycle(Progress progress) {
        return exclusively(() -> {
            Mind start = mind;
            ReplayBuffer replay = replayBuffer();
            boolean done = false;
            try {
                CycleReport report = new LearningCycle(tools, commits, start, replay, workspace(start), progress)
                        .run(next -> swap(start, next));
                done = true;
                return report;
            } finally {
                if (!done) {
                    buffer = null; // it may be ahead of the database
                }
            }
        });
    }

    @Override
    public Commit take(Adapter adapter, Progress progress) {
        return exclusively(() -> {
            Mind start = mind;
            Samples samples = samples();
            return new AdapterImport(tools, commits, start, experiences, rehearsal(samples), samples)
                    .run(adapter, progress, next -> swap(start, next));
        });
    }

    private void swap(Mind from, Mind to) {
        mind = to;
        spare = from.vectors();
    }

    @Override
    public Measurement measure(Progress progress) {
        return exclusively(() -> {
            Mind now = mind;
            List<HeldOut> heldOut = commits.heldOut(skillId());
            if (heldOut.isEmpty()) {
                throw new LearningException(
                        LearningException.Code.NOTHING_TO_DO,
                        "The skill " + skillId()
                                + " has no held-out code to measure on: take in a folder of code first");
            }
            return new Measure(tools.model(), now.served(), progress)
                    .run(now.head().commit().id(), heldOut, tools.texts().core());
        });
    }

    private LearningCycle.Workspace workspace(Mind start) {
        Samples samples = samples();
        Rehearsal general = rehearsal(samples);
        Trainer training = trainer == null ? trainer(start) : trainer;
        trainer = training;
        LearnedVectors candidate =
                spare == null ? LearnedVectors.allocate(start.adapter().values().byteSize()) : spare;
        spare = candidate;
        Sampler sampler = new Sampler(skillId(), settings(), experiences, samples, general);
        return new LearningCycle.Workspace(
                sampler, samples, general, experiences, scorer, memories, training, candidate);
    }

    private Rehearsal rehearsal(Samples samples) {
        Rehearsal known = rehearsal;
        Rehearsal general = known == null ? new Rehearsal(tools.texts().rehearsal(), samples) : known;
        rehearsal = general;
        return general;
    }

    private Trainer trainer(Mind start) {
        TrainingBudget budget = tools.model().trainingBudget();
        return tools.model()
                .trainer(start.adapter(), budget.forSamplesOf(settings().sequenceLength()));
    }

    private ReplayBuffer replayBuffer() {
        ReplayBuffer known = buffer;
        if (known == null) {
            known = tools.store()
                    .read(connection ->
                            ReplayBuffer.load(connection, skillId(), settings().bufferSize()));
            buffer = known;
        }
        return known;
    }

    private Samples samples() {
        return new Samples(tools.model().tokenizer(), settings().sequenceLength());
    }

    private LearningSettings settings() {
        return mind.profile().settings();
    }

    private <T> T exclusively(Supplier<T> work) {
        if (closed || !busy.tryLock()) {
            throw new LearningException(
                    LearningException.Code.BUSY,
                    "The skill " + skillId()
                            + " is already learning or measuring, or was removed: try again when that is done");
        }
        try {
            return work.get();
        } finally {
            closeIfAsked();
            busy.unlock();
        }
    }

    private void closeIfAsked() {
        Trainer open = trainer;
        if (closed && open != null) {
            trainer = null;
            open.close();
        }
    }

    /** Frees memory, at once or when the work under way is done. */
    @Override
    public void close() {
        closed = true;
        if (busy.tryLock()) {
            try {
                closeIfAsked();
            } finally {
                busy.unlock();
            }
        }
    }
}
