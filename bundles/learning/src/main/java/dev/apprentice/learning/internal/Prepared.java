package dev.apprentice.learning.internal;

import dev.apprentice.learning.Commit;
import dev.apprentice.learning.PreparedState;
import dev.apprentice.model.Adapter;
import java.util.Optional;

/**
 * A state that is ready to be the head.
 *
 * @param from the head it was made from, which must still be the head when it is activated; empty for a first install
 * @param position where the data order will stand
 */
record Prepared(Mind mind, Optional<String> from, StoredCommit.Position position) implements PreparedState {
    @Override
    public String skillId() {
        return mind.profile().skillId();
    }

    @Override
    public Adapter adapter() {
        return mind.adapter();
    }

    @Override
    public Commit commit() {
        return mind.head().commit();
    }
}
