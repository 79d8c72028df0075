package dev.apprentice.learning;

/** Hears how far long work has come. */
@FunctionalInterface
public interface Progress {
    Progress SILENT = (stage, done, total) -> {};

    /** Work on {@code stage} has come to {@code done} of {@code total}. */
    void update(String stage, long done, long total);
}
