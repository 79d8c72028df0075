package dev.apprentice.llm.internal;

/** Told how far the reading of a large file has come. */
@FunctionalInterface
public interface LoadProgress {
    /** For whom does not want to know. */
    LoadProgress NONE = (file, done, total) -> {};

    /** So many bytes of so many have been read; the last call has both equal. */
    void reading(String file, long done, long total);
}
