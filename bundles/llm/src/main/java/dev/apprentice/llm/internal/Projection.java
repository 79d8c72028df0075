package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A linear layer y = Wx + b: the weight alone, frozen or trained, or with an adapter beside it. */
sealed interface Projection {
    /** The layer without an adapter. */
    Weights.Linear base();

    /** y = Wx + b; W (outputs, inputs). */
    record Plain(Weights.Linear base) implements Projection {}

    /**
     * y = Wx + b, both trained.
     *
     * @param weightSlice where the gradient of W goes
     * @param biasSlice where the gradient of b goes; null where there is none
     */
    record Trained(
            Weights.Linear base,
            Slice weightSlice,
            @Nullable Slice biasSlice) implements Projection {}

    /** y = Wx + b + scale·B(Ax) (LoRA, arXiv 2106.09685); A (rank, inputs), B (outputs, rank). */
    record LowRank(Weights.Linear base, dev.apprentice.compute.LowRank.Trained adapter, AdapterSlot.LowRank slot)
            implements Projection {}

    /**
     * y = rowScales ⊙ (Wx + scale·B(Ax)) + b with rowScales = magnitudes / norms, norms = ‖W + scale·BA‖ by row and no function of A
     * and B in the backward pass (DoRA, arXiv 2402.09353); vectors (outputs) float32.
     */
    record Decomposed(
            Weights.Linear base,
            dev.apprentice.compute.LowRank.Trained adapter,
            RowScales.Vectors rows,
            AdapterSlot.Decomposed slot)
            implements Projection {}

    /**
     * A {@link LowRank} or {@link Decomposed} layer as it answers, when nobody trains it: in one operation, the adapter rounded to BF16.
     *
     * @param rowScales (outputs) float32; null where the layer is not decomposed
     */
    record Served(
            Weights.Linear base,
            dev.apprentice.compute.LowRank.Served adapter,
            @Nullable MemorySegment rowScales) implements Projection {}

    /** y = factors ⊙ (Wx + b) (IA3, arXiv 2205.05638); factors (outputs) float32. */
    record ScaledOutput(Weights.Linear base, MemorySegment factors, AdapterSlot.ScaledOutput slot)
            implements Projection {}

    /** y = W(factors ⊙ x) + b (IA3); factors (inputs) float32. */
    record ScaledInput(Weights.Linear base, MemorySegment factors, AdapterSlot.ScaledInput slot)
            implements Projection {}

    /** Rows of several sequences, each with an adapter of its own or none, over one weight. */
    record Mixed(Weights.Linear base, List<Part> parts) implements Projection {
        /** {@code count} rows from {@code from}. */
        record Part(Projection projection, int from, int count) {
            Tensor of(Tensor tensor) {
                return tensor.rows(from, count);
            }
        }
    }
}
