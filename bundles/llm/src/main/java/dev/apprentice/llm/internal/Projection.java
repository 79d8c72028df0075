package dev.apprentice.llm.internal;

import dev.apprentice.compute.Matrix;

/** A linear layer: the frozen weight alone, or with an adapter beside it. */
sealed interface Projection {
    /** The frozen layer. */
    Weights.Linear base();

    /** y = Wx + b; W (outputs, inputs). */
    record Plain(Weights.Linear base) implements Projection {}

    /** y = Wx + b + scale·B(Ax) (arXiv 2106.09685); A (rank, inputs), B (outputs, rank). */
    record Adapted(Weights.Linear base, Matrix a, Matrix b, float scale, AdapterLayout.Slot slot)
            implements Projection {}
}
