package dev.apprentice.llm.internal;

import java.lang.System.Logger.Level;

/** Says in the log how far the reading of a large file has come, at every tenth. */
final class LoggedProgress implements LoadProgress {
    /** Less than this is read in no time. */
    private static final long LARGE = 256L << 20;

    private final System.Logger log;
    private long tenths;

    LoggedProgress(System.Logger log) {
        this.log = log;
    }

    @Override
    public void reading(String file, long done, long total) {
        long now = 10 * done / Math.max(1, total);
        if (total >= LARGE && now != tenths) {
            log.log(Level.INFO, "Reading {0} for the first time: {1} %", file, 10 * now);
        }
        tenths = now;
    }
}
