package dev.apprentice.skill;

/**
 * Where the code of a skill can be stopped. The platform puts a call of it before each branch and at the start of each method when
 * it loads a skill's classes; skills need not call it themselves.
 */
public final class Checkpoint {
    private Checkpoint() {}

    /** Goes on, unless the call of the skill has been given up. */
    public static void pass() {
        if (Thread.currentThread().isInterrupted()) {
            throw new Stopped();
        }
    }

    /** Ends code that took too long or too much; it comes again at the next checkpoint, so catching it is of no use. */
    public static final class Stopped extends Error {
        private static final long serialVersionUID = 1;

        Stopped() {
            // Without stack trace: it may be thrown where the stack or the memory has run out.
            super("The call of the skill was given up", null, false, false);
        }
    }
}
