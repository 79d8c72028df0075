package dev.apprentice.llm.internal;

import dev.apprentice.compute.InputMajorMatrix;
import org.jspecify.annotations.Nullable;

/**
 * What one block leaves out of its feed-forward layer (CATS, arXiv 2404.08763).
 *
 * @param threshold neurons with a smaller |silu(gate)| count as 0
 * @param down a copy of the down projection's weight that can be read by its inputs; null where its type has none, and all is read
 */
record BlockSparsity(float threshold, @Nullable InputMajorMatrix down) {}
