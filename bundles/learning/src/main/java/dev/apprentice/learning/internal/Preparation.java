package dev.apprentice.learning.internal;

import dev.apprentice.learning.Commit;
import dev.apprentice.learning.LearnerProfile;
import dev.apprentice.learning.LearningException;
import dev.apprentice.learning.Validation;
import dev.apprentice.model.Adapter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Works out what a skill will know after an install, an update or a rollback; changes nothing but blobs that nothing uses yet. */
final class Preparation {
    private final Tools tools;
    private final CommitStore commits;
    private final Memories memories;

    Preparation(Tools tools, CommitStore commits, Memories memories) {
        this.memories = memories;
        this.tools = tools;
        this.commits = commits;
    }

    Prepared forVersion(LearnerProfile profile) {
        Optional<CommitStore.Head> head = commits.head(profile.skillId());
        return head.isEmpty() ? fresh(profile) : onTopOf(head.get(), profile);
    }

    Prepared rollback(LearnerProfile profile, String id) {
        StoredCommit stored = commits.find(profile.skillId(), id);
        if (!stored.commit().skillVersion().equals(profile.skillVersion())
                || !stored.shipped().equals(profile.shipped().digest())) {
            throw new LearningException(
                    LearningException.Code.REFUSED,
                    "Commit " + id + " was made under version "
                            + stored.commit().skillVersion() + " of " + profile.skillId() + ", not under this build of "
                            + profile.skillVersion() + ": roll the skill back with it");
        }
        Optional<String> from = commits.head(profile.skillId()).map(CommitStore.Head::commit);
        return new Prepared(load(profile, stored), from, stored.position());
    }

    /** Reads a commit back into memory. */
    Mind load(LearnerProfile profile, StoredCommit stored) {
        LearnedVectors vectors = commits.load(stored, profile.shipped().values().byteSize());
        Adapter adapter = tools.model().adapterOf(profile.shipped().spec(), vectors.served());
        if (!adapter.digest().equals(stored.commit().adapterDigest())) {
            throw new LearningException(
                    LearningException.Code.FAILED,
                    "Commit " + stored.commit().id()
                            + " names another adapter than its checkpoint holds, or another base model"
                            + " is loaded: load that base model, or roll back to another commit");
        }
        return new Mind(profile, stored, vectors, adapter, memories.of(profile, stored.reach()));
    }

    private Prepared fresh(LearnerProfile profile) {
        if (!tools.algebra().isFinite(profile.shipped().values())) {
            throw new LearningException(
                    LearningException.Code.REFUSED,
                    "The shipped adapter of " + profile.skillId()
                            + " holds values that are not finite: ask its publisher");
        }
        StoredCommit.Position start = new StoredCommit.Position(0, 0, 0);
        LearnedVectors vectors = LearnedVectors.startingFrom(profile.shipped());
        return prepared(profile, vectors, Commit.Kind.INSTALLED, null, start);
    }

    private Prepared onTopOf(CommitStore.Head head, LearnerProfile profile) {
        StoredCommit current = commits.find(profile.skillId(), head.commit());
        LearnedVectors vectors = commits.load(current, bytesOf(profile));
        StoredCommit.Position position = new StoredCommit.Position(
                head.position().cursor(), head.position().attempts(), current.step());
        if (current.shipped().equals(profile.shipped().digest())) {
            return prepared(profile, vectors, Commit.Kind.INSTALLED, current, position);
        }
        Served before = new Served(
                tools.model().adapterOf(profile.shipped().spec(), vectors.served()),
                memories.of(profile, current.reach()));
        rebase(vectors, current, profile);
        Prepared rebased = prepared(profile, vectors, Commit.Kind.REBASED, current, position);
        requireGate(profile, before, rebased.mind().served(), position.attempts());
        return rebased;
    }

    /** An adapter of another shape cannot take up what was learned. */
    private long bytesOf(LearnerProfile profile) {
        String skill = profile.skillId();
        return tools.store()
                .read(connection -> Sql.first(
                        connection,
                        "SELECT shipped_values FROM learner l JOIN learned_commit ON id = head WHERE l.skill = ?",
                        row -> row.getString(1),
                        skill))
                .map(this::length)
                .filter(bytes -> bytes == profile.shipped().values().byteSize())
                .orElseThrow(() -> new LearningException(
                        LearningException.Code.REFUSED,
                        "Version " + profile.skillVersion() + " of " + skill
                                + " ships an adapter of another shape, onto which what was learned here cannot be moved: keep the"
                                + " installed version, or remove the skill with its learned state first"));
    }

    private long length(String blob) {
        try (Arena arena = Arena.ofConfined()) {
            return tools.store().blobs().map(blob, arena).byteSize();
        }
    }

    /** Moves what is learned onto the new shipped adapter: value + (new − old). What was never moved becomes the new exactly. */
    private void rebase(LearnedVectors vectors, StoredCommit current, LearnerProfile profile) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment old = tools.store().blobs().map(current.shippedValues(), arena);
            move(vectors.parameters(), old, profile.shipped().values());
            move(vectors.served(), old, profile.shipped().values());
        }
    }

    private static void move(MemorySegment learned, MemorySegment from, MemorySegment to) {
        for (long i = 0; i < learned.byteSize() / Float.BYTES; i++) {
            float value = learned.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            float change = value - from.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            learned.setAtIndex(ValueLayout.JAVA_FLOAT, i, to.getAtIndex(ValueLayout.JAVA_FLOAT, i) + change);
        }
    }

    private void requireGate(LearnerProfile profile, Served before, Served after, int attempts) {
        Samples samples =
                new Samples(tools.model().tokenizer(), profile.settings().sequenceLength());
        GateTexts texts = GateTexts.choose(
                profile,
                attempts,
                GateTexts.Extent.VERSION,
                new Experiences(tools.store(), profile.skillId()),
                new Rehearsal(tools.texts().rehearsal(), samples),
                samples);
        Gate gate = new Gate(new Scorer(tools.model()), Gate.TOLERANCE_OF_VERSIONS);
        Validation validation = gate.measure(texts, before, after, 0);
        gate.refusal(validation).ifPresent(reason -> {
            throw new LearningException(
                    LearningException.Code.REFUSED,
                    "What was learned here does not go with version " + profile.skillVersion() + " of "
                            + profile.skillId() + ": " + reason + "; the installed version stays");
        });
    }

    private Prepared prepared(
            LearnerProfile profile,
            LearnedVectors vectors,
            Commit.Kind kind,
            @Nullable StoredCommit parent,
            StoredCommit.Position position) {
        Adapter adapter = tools.model().adapterOf(profile.shipped().spec(), vectors.served());
        Commit facts = new Commit(
                "",
                profile.skillId(),
                profile.skillVersion(),
                parent == null ? null : parent.commit().id(),
                kind,
                Instant.now().truncatedTo(ChronoUnit.MILLIS),
                parent == null ? 0 : parent.commit().cycle(),
                parent == null ? 0 : parent.commit().experiences(),
                adapter.digest(),
                null,
                true);
        String shipped = tools.store().blobs().put(List.of(profile.shipped().values()));
        String checkpoint = tools.store().blobs().put(Checkpoint.encode(vectors));
        Reach reach = parent == null ? Reach.NOTHING : parent.reach();
        StoredCommit head = StoredCommit.of(facts, profile.shipped().digest(), shipped, checkpoint, position, reach);
        Optional<String> from =
                Optional.ofNullable(parent).map(commit -> commit.commit().id());
        return new Prepared(new Mind(profile, head, vectors, adapter, memories.of(profile, reach)), from, position);
    }
}
