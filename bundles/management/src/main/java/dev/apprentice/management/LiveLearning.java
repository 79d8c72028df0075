package dev.apprentice.management;

import dev.apprentice.http.EventStream;
import dev.apprentice.http.HttpException;
import dev.apprentice.learning.CycleReport;
import dev.apprentice.learning.Learner;
import dev.apprentice.learning.Progress;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Long work of a learner as server-sent events: {@code progress} now and then, {@code cycle} after each cycle, at the end
 * {@code result} or {@code error}.
 */
public final class LiveLearning {
    private static final int MOST_CYCLES = 10_000;

    private final Learner learner;
    private final EventStream events;
    private final Progress progress;

    public LiveLearning(Learner learner, EventStream events) {
        this.learner = learner;
        this.events = events;
        this.progress = new ThrottledProgress(events);
    }

    /** How many cycles a client asked for; throws 400 outside 1 to 10,000. */
    public static int checkCount(int count) {
        if (count < 1 || count > MOST_CYCLES) {
            throw new HttpException(
                    400, "bad_count", "count is " + count + ", but must be 1 to " + MOST_CYCLES + ": change it");
        }
        return count;
    }

    public void ingest(Path folder, int measuredTokens) {
        run(() -> learner.ingest(folder, measuredTokens, progress));
    }

    public void measure() {
        run(() -> learner.measure(progress));
    }

    /** Runs cycles one by one until all are done or the client has gone. */
    public void cycles(int count) {
        run(() -> {
            int committed = 0;
            int done = 0;
            boolean heard = true;
            while (done < count && heard) {
                CycleReport report = learner.cycle(progress);
                done++;
                committed += report.outcome() == CycleReport.Outcome.COMMITTED ? 1 : 0;
                heard = events.send("cycle", report);
            }
            return new Cycles(done, committed, done - committed, learner.head().id());
        });
    }

    private void run(Supplier<Object> work) {
        LiveWork.run(events, "Learning of " + learner.skillId(), work);
    }

    private record Cycles(int cycles, int committed, int discarded, String head) {}
}
