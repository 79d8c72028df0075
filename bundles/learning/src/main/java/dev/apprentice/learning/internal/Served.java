package dev.apprentice.learning.internal;

import dev.apprentice.learning.Memory;
import dev.apprentice.model.Adapter;

/** What answers for a skill: an adapter, and a memory beside it. */
record Served(Adapter adapter, Memory memory) {
    boolean foretellsLike(Served other) {
        return adapter.digest().equals(other.adapter.digest()) && memory.equals(other.memory);
    }
}
