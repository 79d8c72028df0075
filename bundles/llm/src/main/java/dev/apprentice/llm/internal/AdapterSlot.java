package dev.apprentice.llm.internal;

import java.util.List;

/** Where the tensors of one adapted linear layer lie in an adapter's flat values. */
sealed interface AdapterSlot {
    int layer();

    String target();

    /** Its tensors, in the order in which they lie. */
    List<Slice> parts();

    /** Name of its linear layer in files of Hugging Face models. */
    default String module() {
        return ModelConfig.moduleName(layer(), target());
    }

    /** A (rank, inputs) and B (outputs, rank); the scale is that of their product. */
    record LowRank(int layer, String target, float scale, Slice a, Slice b) implements AdapterSlot {
        @Override
        public List<Slice> parts() {
            return List.of(a, b);
        }
    }

    /** As {@link LowRank}, and the magnitudes of the rows (outputs). */
    record Decomposed(int layer, String target, float scale, Slice a, Slice b, Slice magnitude) implements AdapterSlot {
        @Override
        public List<Slice> parts() {
            return List.of(a, b, magnitude);
        }
    }

    /** A factor for every output (outputs, 1). */
    record ScaledOutput(int layer, String target, Slice factors) implements AdapterSlot {
        @Override
        public List<Slice> parts() {
            return List.of(factors);
        }
    }

    /** A factor for every input (1, inputs). */
    record ScaledInput(int layer, String target, Slice factors) implements AdapterSlot {
        @Override
        public List<Slice> parts() {
            return List.of(factors);
        }
    }
}
