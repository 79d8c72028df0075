package dev.apprentice.llm.internal;

import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.util.List;

/** A linear layer: the frozen weight alone, or with an adapter beside it. */
sealed interface Projection {
    /** y = Wx; W (outputs, inputs). */
    record Plain(Matrix weight) implements Projection {}

    /** y = Wx + scale·B(Ax) (arXiv 2106.09685); A (rank, inputs), B (outputs, rank). */
    record Adapted(Matrix weight, Matrix a, Matrix b, float scale, AdapterLayout.Slot slot) implements Projection {}

    /** Rows of several sequences: Wx for all of them, and for some rows an adapter's part beside it. */
    record Mixed(Matrix weight, List<Part> parts) implements Projection {
        /** {@code count} rows from {@code from} of one adapter. */
        record Part(Adapted adapted, int from, int count) {
            /** Room for A·x (count, rank) in that of all rows, which have the largest rank. */
            Tensor lowRank(Tensor all) {
                int rank = adapted.a().rows();
                return new Tensor(count, rank, all.data().asSlice(0, 4L * count * rank));
            }
        }
    }
}
