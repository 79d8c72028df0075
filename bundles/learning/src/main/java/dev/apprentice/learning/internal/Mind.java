package dev.apprentice.learning.internal;

import dev.apprentice.learning.LearnerProfile;
import dev.apprentice.model.Adapter;

/** A state of learning in memory: the head, its tensors, and the adapter of its served parameters. */
record Mind(LearnerProfile profile, StoredCommit head, LearnedVectors vectors, Adapter adapter) {}
