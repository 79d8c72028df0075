package dev.apprentice.store.internal;

/** Runs what follows a commit. */
final class Actions {
    private static final System.Logger LOGGER = System.getLogger(Actions.class.getName());

    private Actions() {}

    /** A failure is logged: the commit stands, and those who wait for it must not take it for undone. */
    static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException fault) {
            LOGGER.log(
                    System.Logger.Level.ERROR, "An action after a commit failed; the change itself is stored", fault);
        }
    }
}
