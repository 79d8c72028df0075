package dev.apprentice.store.internal;

import java.util.ArrayList;
import java.util.List;

/** What is known of the write transaction under way. */
final class Transaction {
    private enum State {
        NONE,
        OPEN,
        DOOMED
    }

    private State state = State.NONE;
    private List<Runnable> actions = new ArrayList<>();

    boolean isOpen() {
        return state != State.NONE;
    }

    boolean isDoomed() {
        return state == State.DOOMED;
    }

    void open() {
        state = State.OPEN;
    }

    /** Makes sure that it rolls back. */
    void doom() {
        state = State.DOOMED;
    }

    void afterCommit(Runnable action) {
        actions.add(action);
    }

    /** Ends it and returns the actions that wait for its commit. */
    List<Runnable> close() {
        List<Runnable> waiting = actions;
        actions = new ArrayList<>();
        state = State.NONE;
        return waiting;
    }
}
