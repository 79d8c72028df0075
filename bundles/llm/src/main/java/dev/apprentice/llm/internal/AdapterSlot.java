package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Where the tensors of one adapted linear layer lie in an adapter's flat values. */
sealed interface AdapterSlot {
    int layer();

    String target();

    /** Its tensors, in the order in which they lie. */
    List<Part> parts();

    /** Name of its linear layer in files of Hugging Face models. */
    default String module() {
        return ModelConfig.moduleName(layer(), target());
    }

    /** A (rank, inputs) and B (outputs, rank); the scale is that of their product. */
    record LowRank(int layer, String target, float scale, Part a, Part b) implements AdapterSlot {
        @Override
        public List<Part> parts() {
            return List.of(a, b);
        }
    }

    /** As {@link LowRank}, and the magnitudes of the rows (outputs). */
    record Decomposed(int layer, String target, float scale, Part a, Part b, Part magnitude) implements AdapterSlot {
        @Override
        public List<Part> parts() {
            return List.of(a, b, magnitude);
        }
    }

    /** A factor for every output (outputs, 1). */
    record ScaledOutput(int layer, String target, Part factors) implements AdapterSlot {
        @Override
        public List<Part> parts() {
            return List.of(factors);
        }
    }

    /** A factor for every input (1, inputs). */
    record ScaledInput(int layer, String target, Part factors) implements AdapterSlot {
        @Override
        public List<Part> parts() {
            return List.of(factors);
        }
    }

    /**
     * One tensor.
     *
     * @param name in PEFT files, after the module's
     * @param offset in bytes
     */
    record Part(String name, List<Integer> shape, long offset) {
        int elements() {
            return shape.stream().reduce(1, Math::multiplyExact);
        }

        long end() {
            return offset + 4L * elements();
        }

        /** Its bytes in a flat segment. */
        MemorySegment in(MemorySegment values) {
            return values.asSlice(offset, 4L * elements());
        }

        /** A matrix in a flat segment. */
        Tensor tensor(MemorySegment values) {
            return new Tensor(shape.get(0), shape.get(1), in(values));
        }
    }
}
