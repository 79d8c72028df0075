package dev.apprentice.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What an adapter does to the linear layers that it adapts. */
public sealed interface AdapterKind {

    /**
     * A product of two narrow matrices beside the frozen weight (LoRA, arXiv 2106.09685): A (rank, inputs), B (outputs, rank).
     *
     * @param size of every layer that is no exception
     * @param scaling of the product
     * @param form whether the rows are normalised
     * @param exceptions sizes of single layers, by module name such as {@code model.layers.0.self_attn.q_proj}
     */
    record LowRank(Size size, Scaling scaling, Form form, Map<String, Size> exceptions) implements AdapterKind {
        public LowRank {
            exceptions = Collections.unmodifiableMap(new TreeMap<>(exceptions));
        }

        /** Rank and alpha of a module. */
        public Size sizeOf(String module) {
            return exceptions.getOrDefault(module, size);
        }

        /** Factor of B(Ax) in a module. */
        public float scaleOf(String module) {
            return scaleOf(sizeOf(module));
        }

        /** Factor of B(Ax) where it has a size. */
        public float scaleOf(Size of) {
            return switch (scaling) {
                case BY_RANK -> (float) (of.alpha() / of.rank());
                case BY_ROOT_OF_RANK -> (float) (of.alpha() / Math.sqrt(of.rank()));
            };
        }
    }

    /**
     * A learned factor for every output, or every input, of a layer (IA3, arXiv 2205.05638).
     *
     * @param scaledInputs the targets whose inputs are scaled, not their outputs
     */
    record Ia3(List<String> scaledInputs) implements AdapterKind {
        public Ia3 {
            scaledInputs = AdapterSpec.LINEAR_LAYERS.stream()
                    .filter(scaledInputs::contains)
                    .toList();
        }
    }

    /** @param rank 1 to 256 */
    record Size(int rank, double alpha) {
        public Size {
            if (rank < 1 || rank > 256 || !(alpha > 0) || Double.isInfinite(alpha)) {
                throw new ModelException(
                        ModelException.Code.BAD_ADAPTER,
                        "An adapter needs a rank of 1 to 256 and a positive alpha, but has rank " + rank + " and alpha "
                                + alpha + ": mend its adapter_config.json");
            }
        }
    }

    /** How alpha becomes the factor of the product. */
    enum Scaling {
        /** alpha / rank. */
        BY_RANK,
        /** alpha / √rank (rsLoRA, arXiv 2312.03732). */
        BY_ROOT_OF_RANK
    }

    /** What is learned beside the product. */
    enum Form {
        /** Nothing: Wx + s·B(Ax). */
        PRODUCT,
        /** The magnitude m of every row: m / ‖W + s·BA‖ ⊙ (Wx + s·B(Ax)), the norm taken as a constant (DoRA, arXiv 2402.09353). */
        DECOMPOSED
    }
}
