package dev.apprentice.learning;

import dev.apprentice.model.Adapter;

/** A learned state that is ready but not yet anyone's head. Made and understood by {@link Learning} alone. */
public interface PreparedState {
    String skillId();

    /** The adapter that will serve. */
    Adapter adapter();

    /** The commit that will be the head. */
    Commit commit();
}
