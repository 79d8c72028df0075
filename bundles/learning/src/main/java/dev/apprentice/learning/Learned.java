package dev.apprentice.learning;

import dev.apprentice.model.Adapter;

/** What one commit knows: what was learned by training, and what was kept word for word. */
public record Learned(Commit commit, Adapter adapter, Memory memory) {}
