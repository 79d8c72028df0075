package dev.apprentice.llm.internal;

import dev.apprentice.compute.Matrix;

/** A linear layer: the frozen weight alone, or with an adapter beside it. */
sealed interface Projection {
    /** y = Wx; W (outputs, inputs). */
    record Plain(Matrix weight) implements Projection {}

    /** y = Wx + scale·B(Ax) (arXiv 2106.09685); A (rank, inputs), B (outputs, rank). */
    record Adapted(Matrix weight, Matrix a, Matrix b, float scale, AdapterLayout.Slot slot) implements Projection {}
}
