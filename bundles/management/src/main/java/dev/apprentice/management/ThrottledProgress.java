package dev.apprentice.management;

import dev.apprentice.http.EventStream;
import dev.apprentice.learning.Progress;

/** Tells of progress ten times a second at the most, but of every new stage and of each stage's end. */
public final class ThrottledProgress implements Progress {
    private static final long INTERVAL_NANOS = 100_000_000;

    private final EventStream events;
    private String lastStage = "";
    private long lastTime;

    public ThrottledProgress(EventStream events) {
        this.events = events;
    }

    @Override
    public void update(String stage, long done, long total) {
        update(stage, done, total, "");
    }

    /** @param detail what else there is to say, for people */
    public void update(String stage, long done, long total, String detail) {
        long now = System.nanoTime();
        if (!stage.equals(lastStage) || done == total || now - lastTime >= INTERVAL_NANOS) {
            lastStage = stage;
            lastTime = now;
            events.send(
                    "progress",
                    detail.isEmpty() ? new Step(stage, done, total) : new DetailedStep(stage, done, total, detail));
        }
    }

    private record Step(String stage, long done, long total) {}

    private record DetailedStep(String stage, long done, long total, String detail) {}
}
