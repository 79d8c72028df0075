package dev.apprentice.model;

import java.util.List;
import java.util.Set;

/**
 * Shape of a LoRA adapter (arXiv 2106.09685): y = Wx + (alpha/rank)·B(Ax) for every target layer.
 *
 * @param rank columns of B and rows of A, 1 to 256
 * @param targets names of linear layers, of {@link #LINEAR_LAYERS}, in that order
 */
public record AdapterSpec(int rank, double alpha, List<String> targets) {
    /** The linear layers of a Llama block, by their Hugging Face names. */
    public static final List<String> LINEAR_LAYERS =
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");

    public AdapterSpec {
        Set<String> wanted = Set.copyOf(targets);
        targets = LINEAR_LAYERS.stream().filter(wanted::contains).toList();
        if (rank < 1 || rank > 256 || !(alpha > 0) || targets.isEmpty() || targets.size() != wanted.size()) {
            throw new ModelException(
                    ModelException.Code.BAD_ADAPTER,
                    "An adapter needs a rank of 1 to 256, a positive alpha and targets among " + LINEAR_LAYERS
                            + ", but has rank " + rank + ", alpha " + alpha + " and targets " + wanted
                            + ": mend its adapter_config.json");
        }
    }

    /** Factor of B(Ax). */
    public float scale() {
        return (float) (alpha / rank);
    }
}
