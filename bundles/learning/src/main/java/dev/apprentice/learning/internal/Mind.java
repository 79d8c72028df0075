package dev.apprentice.learning.internal;

import dev.apprentice.learning.Learned;
import dev.apprentice.learning.LearnerProfile;
import dev.apprentice.learning.Memory;
import dev.apprentice.model.Adapter;

/** A state of learning: the head, its tensors, the adapter of its served parameters, and what it has read. */
record Mind(LearnerProfile profile, StoredCommit head, LearnedVectors vectors, Adapter adapter, Memory memory) {
    Served served() {
        return new Served(adapter, memory);
    }

    Learned learned() {
        return new Learned(head.commit(), adapter, memory);
    }
}
