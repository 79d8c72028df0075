package dev.apprentice.learning;

import dev.apprentice.model.Adapter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What one skill knows and how it learns. Long calls report progress and one of them runs at a time. */
public interface Learner {
    /** Tokens to measure on in half a minute with the embedded model. */
    int MEASURED_TOKENS = 24_000;

    String skillId();

    /** What serves at this moment; a commit swaps it between two requests, running answers keep theirs. */
    Learned learned();

    default Adapter adapter() {
        return learned().adapter();
    }

    default Commit head() {
        return learned().commit();
    }

    /** All commits of this skill, newest first. */
    List<Commit> log();

    Optional<Commit> commit(String id);

    /**
     * Records something to learn from.
     *
     * @throws LearningException with code REFUSED if the guard refuses it
     */
    long record(Experience experience);

    /** How many experiences wait, are in the replay buffer, and were refused. */
    BufferStatus buffer();

    /**
     * Takes in a folder of Java source in the order of time, holding the latest part out.
     *
     * @param measuredTokens of the part held out, about how many to measure on; {@link #MEASURED_TOKENS} is quick
     */
    IngestReport ingest(Path folder, int measuredTokens, Progress progress);

    /** One learning cycle: sample, train, validate, commit or discard. */
    CycleReport cycle(Progress progress);

    /**
     * Takes over an adapter that was learned elsewhere, if the gate lets it pass. Optimiser and importance start anew; experiences stay.
     *
     * @return the commit that is the head now
     * @throws LearningException with code REFUSED if it is of another shape than this skill's, or makes a type of task worse
     */
    Commit take(Adapter adapter, Progress progress);

    /** Measures on the held-out part and on the core set, with the adapter that serves. */
    Measurement measure(Progress progress);

    /** Counts of experiences. */
    record BufferStatus(int waiting, int buffered, int refused, int capacity) {}
}
