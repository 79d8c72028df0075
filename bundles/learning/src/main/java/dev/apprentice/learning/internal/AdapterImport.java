package dev.apprentice.learning.internal;

import dev.apprentice.learning.Commit;
import dev.apprentice.learning.LearningException;
import dev.apprentice.learning.Progress;
import dev.apprentice.learning.Validation;
import dev.apprentice.model.Adapter;
import dev.apprentice.store.AuditEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;

/** Takes over an adapter that was learned elsewhere: check, validate, commit or refuse. */
final class AdapterImport {
    private final Tools tools;
    private final CommitStore commits;
    private final Mind mind;
    private final Experiences experiences;
    private final Rehearsal rehearsal;
    private final Samples samples;

    AdapterImport(
            Tools tools,
            CommitStore commits,
            Mind mind,
            Experiences experiences,
            Rehearsal rehearsal,
            Samples samples) {
        this.tools = tools;
        this.commits = commits;
        this.mind = mind;
        this.experiences = experiences;
        this.rehearsal = rehearsal;
        this.samples = samples;
    }

    /** @param swap takes the new state once it is committed */
    Commit run(Adapter adapter, Progress progress, Consumer<Mind> swap) {
        requireShape(adapter);
        progress.update("validate", 0, 1);
        CommitStore.Head head = commits.head(skill())
                .filter(now -> now.commit().equals(mind.head().commit().id()))
                .orElseThrow(this::overtaken);
        Validation validation = validate(adapter, head.position().attempts());
        progress.update("validate", 1, 1);
        return commit(adapter, validation, head, swap);
    }

    private void requireShape(Adapter adapter) {
        if (!adapter.spec().equals(mind.adapter().spec())) {
            throw refused("it is " + adapter.spec() + ", but the skill learns "
                    + mind.adapter().spec());
        }
    }

    private Validation validate(Adapter adapter, int attempts) {
        GateTexts texts =
                GateTexts.choose(mind.profile(), attempts, GateTexts.Extent.VERSION, experiences, rehearsal, samples);
        Gate gate = new Gate(new Scorer(tools.model()), Gate.TOLERANCE_OF_VERSIONS);
        Validation validation = gate.measure(texts, mind.served(), new Served(adapter, mind.memory()), 0);
        gate.refusal(validation).ifPresent(reason -> {
            throw refused(reason);
        });
        return validation;
    }

    private Commit commit(Adapter adapter, Validation validation, CommitStore.Head before, Consumer<Mind> swap) {
        Commit parent = mind.head().commit();
        Commit facts = new Commit(
                "",
                skill(),
                mind.profile().skillVersion(),
                parent.id(),
                Commit.Kind.IMPORTED,
                Instant.now().truncatedTo(ChronoUnit.MILLIS),
                parent.cycle(),
                parent.experiences(),
                adapter.digest(),
                validation,
                true);
        LearnedVectors vectors = LearnedVectors.startingFrom(adapter);
        String checkpoint = tools.store().blobs().put(Checkpoint.encode(vectors));
        StoredCommit.Position position = new StoredCommit.Position(
                before.position().cursor(), before.position().attempts(), 0);
        StoredCommit head = StoredCommit.of(
                facts,
                mind.head().shipped(),
                mind.head().shippedValues(),
                checkpoint,
                position,
                mind.head().reach());
        tools.store().inTransaction(connection -> {
            if (!commits.isHead(parent)) {
                throw overtaken();
            }
            commits.makeHead(connection, head, position);
            tools.store()
                    .audit()
                    .append(
                            AuditEvent.ADAPTER_IMPORTED,
                            skill(),
                            "commit " + head.commit().id().substring(0, 12) + ", adapter " + adapter.digest());
            tools.store()
                    .afterCommit(() -> swap.accept(new Mind(mind.profile(), head, vectors, adapter, mind.memory())));
            return head;
        });
        return head.commit();
    }

    private LearningException refused(String reason) {
        tools.store().inTransaction(connection -> {
            tools.store().audit().append(AuditEvent.ADAPTER_REFUSED, skill(), reason);
            return reason;
        });
        return new LearningException(
                LearningException.Code.REFUSED,
                "The adapter was not taken over by " + skill() + ": " + reason + "; what it knew stays");
    }

    private LearningException overtaken() {
        return new LearningException(
                LearningException.Code.BUSY,
                "The skill " + skill() + " was changed meanwhile: import the adapter again");
    }

    private String skill() {
        return mind.profile().skillId();
    }
}
