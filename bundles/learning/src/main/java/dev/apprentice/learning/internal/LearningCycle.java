package dev.apprentice.learning.internal;

import dev.apprentice.learning.Commit;
import dev.apprentice.learning.CycleReport;
import dev.apprentice.learning.CycleReport.Outcome;
import dev.apprentice.learning.LearningException;
import dev.apprentice.learning.Memory;
import dev.apprentice.learning.Progress;
import dev.apprentice.learning.Validation;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.Trainer;
import dev.apprentice.store.AuditEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One learning cycle: sample → train → validate → commit or discard. */
final class LearningCycle {
    private final Tools tools;
    private final CommitStore commits;
    private final Mind mind;
    private final ReplayBuffer buffer;
    private final Workspace workspace;
    private final Progress progress;

    /**
     * @param mind where the cycle starts; it is not changed
     * @param buffer is changed with the database; load it again if the cycle fails
     */
    LearningCycle(
            Tools tools, CommitStore commits, Mind mind, ReplayBuffer buffer, Workspace workspace, Progress progress) {
        this.tools = tools;
        this.commits = commits;
        this.mind = mind;
        this.buffer = buffer;
        this.workspace = workspace;
        this.progress = progress;
    }

    /**
     * What a learner keeps from cycle to cycle.
     *
     * @param candidate vectors of nobody, for the cycle to change
     */
    record Workspace(
            Sampler sampler,
            Samples samples,
            Rehearsal rehearsal,
            Experiences experiences,
            Scorer scorer,
            Memories memories,
            Trainer trainer,
            LearnedVectors candidate) {}

    /** A change that the gate has judged. */
    private record Judged(@Nullable Adapter adapter, Validation validation, Optional<String> refusal) {}

    /** @param swap takes the new state once it is committed */
    CycleReport run(Consumer<Mind> swap) {
        long began = System.nanoTime();
        Batch batch = workspace.sampler().at(position(), mind.head().commit().cycle(), buffer);
        Training.Result trained = train(batch);
        GateTexts texts = texts();
        Reach reach = reach().relying(reliance(texts));
        Judged judged = validate(trained, reach, texts);
        Commit head = judged.refusal().isEmpty()
                ? commit(batch, trained, judged, reach, swap)
                : discard(batch, trained, judged.refusal().get());
        return new CycleReport(
                judged.refusal().isEmpty() ? Outcome.COMMITTED : Outcome.DISCARDED,
                head,
                judged.validation(),
                judged.refusal().orElse(""),
                (System.nanoTime() - began) / 1e9,
                trained.tokensPerSecond(),
                PeakMemory.mebibytes());
    }

    /** After discarded cycles the data order is ahead of the head's. */
    private StoredCommit.Position position() {
        StoredCommit.Position now = commits.head(skill())
                .filter(head -> head.commit().equals(mind.head().commit().id()))
                .orElseThrow(this::overtaken)
                .position();
        return new StoredCommit.Position(
                now.cursor(), now.attempts(), mind.head().step());
    }

    private Training.Result train(Batch batch) {
        workspace.candidate().copyFrom(mind.vectors());
        return new Training(tools.algebra(), mind.profile().settings())
                .run(
                        batch,
                        workspace.candidate(),
                        workspace.trainer(),
                        mind.head().commit().cycle() + 1,
                        progress);
    }

    /**
     * All that is there is to be recalled word for word; by states, as far as a cycle reads. After a refused cycle it stays as it was:
     * what was read may have been the reason, and would be again.
     */
    private Reach reach() {
        if (position().attempts() > mind.head().attempts()) {
            return mind.head().reach();
        }
        return workspace
                .memories()
                .extend(
                        mind.profile(),
                        mind.head().reach(),
                        workspace.experiences().newest(),
                        progress);
    }

    private GateTexts texts() {
        return GateTexts.choose(
                mind.profile(),
                position().attempts(),
                GateTexts.Extent.CYCLE,
                workspace.experiences(),
                workspace.rehearsal(),
                workspace.samples());
    }

    /** How much recall is to count after what it was worth until now. */
    private double reliance(GateTexts texts) {
        Scorer scorer = workspace.scorer();
        return Reliance.after(
                mind.head().reach().reliance(),
                scorer.worth(texts.personal(), mind.served()),
                scorer.worth(texts.general(), mind.served()));
    }

    private Judged validate(Training.Result trained, Reach reach, GateTexts texts) {
        progress.update("validate", 0, 1);
        if (!Double.isFinite(trained.meanLoss())
                || !tools.algebra().isFinite(workspace.candidate().all())) {
            Validation.Pair none = new Validation.Pair(0, 0);
            return new Judged(
                    null,
                    new Validation(trained.meanLoss(), none, none, none),
                    Optional.of("training diverged: a value is no longer a finite number"));
        }
        Adapter after = tools.model()
                .adapterOf(mind.adapter().spec(), workspace.candidate().served());
        Gate gate = new Gate(workspace.scorer(), mind.profile().settings().gateTolerance());
        Validation validation =
                gate.measure(texts, mind.served(), new Served(after, memory(reach)), trained.meanLoss());
        progress.update("validate", 1, 1);
        return new Judged(after, validation, gate.refusal(validation));
    }

    private Memory memory(Reach reach) {
        return workspace.memories().of(mind.profile(), reach);
    }

    private Commit commit(Batch batch, Training.Result trained, Judged judged, Reach reach, Consumer<Mind> swap) {
        Adapter adapter = Objects.requireNonNull(judged.adapter());
        String checkpoint = tools.store().blobs().put(Checkpoint.encode(workspace.candidate()));
        Commit parent = mind.head().commit();
        Commit facts = new Commit(
                "",
                skill(),
                mind.profile().skillVersion(),
                parent.id(),
                Commit.Kind.LEARNED,
                Instant.now().truncatedTo(ChronoUnit.MILLIS),
                parent.cycle() + 1,
                parent.experiences() + batch.fresh(),
                adapter.digest(),
                judged.validation(),
                true);
        StoredCommit.Position position = new StoredCommit.Position(
                batch.position().cursor(), batch.position().attempts(), trained.steps());
        StoredCommit head =
                StoredCommit.of(facts, mind.head().shipped(), mind.head().shippedValues(), checkpoint, position, reach);
        tools.store().inTransaction(connection -> {
            requireHead();
            remember(connection, batch, trained);
            commits.makeHead(connection, head, position);
            tools.store().audit().append(AuditEvent.CYCLE_COMMITTED, skill(), describe(head.commit()));
            tools.store()
                    .afterCommit(() ->
                            swap.accept(new Mind(mind.profile(), head, workspace.candidate(), adapter, memory(reach))));
            return head;
        });
        return head.commit();
    }

    /** Parameters, optimiser, importance and average stay those of the head; what was read counts as read. */
    private Commit discard(Batch batch, Training.Result trained, String reason) {
        tools.store().inTransaction(connection -> {
            requireHead();
            remember(connection, batch, trained);
            commits.advance(connection, skill(), batch.position());
            tools.store().audit().append(AuditEvent.CYCLE_DISCARDED, skill(), reason);
            return reason;
        });
        return mind.head().commit();
    }

    /** Puts what was learned from into the replay buffer, by how badly it was known. */
    private void remember(Connection connection, Batch batch, Training.Result trained) throws SQLException {
        for (int i = 0; i < trained.losses().length; i++) {
            buffer.put(connection, batch.experiences().get(i).id(), trained.losses()[i]);
        }
    }

    private void requireHead() {
        if (!commits.isHead(mind.head().commit())) {
            throw overtaken();
        }
    }

    private LearningException overtaken() {
        return new LearningException(
                LearningException.Code.BUSY,
                "The skill " + skill()
                        + " was updated, rolled back or removed while the cycle ran: its result was dropped, run another");
    }

    private String skill() {
        return mind.profile().skillId();
    }

    private static String describe(Commit commit) {
        return String.format(
                Locale.ROOT,
                "commit %s, cycle %d, %d experiences, adapter %s",
                commit.id().substring(0, 12),
                commit.cycle(),
                commit.experiences(),
                commit.adapterDigest());
    }
}
