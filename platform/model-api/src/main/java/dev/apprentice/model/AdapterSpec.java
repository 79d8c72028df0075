package dev.apprentice.model;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Shape of an adapter: what it does, and to which linear layers.
 *
 * @param targets names of linear layers, of {@link #LINEAR_LAYERS}, in that order
 * @param layers the blocks it adapts, ascending; empty for all
 */
public record AdapterSpec(AdapterKind kind, List<String> targets, List<Integer> layers) {
    /** The linear layers of a Llama block, by their Hugging Face names. */
    public static final List<String> LINEAR_LAYERS =
            List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");

    public AdapterSpec {
        Set<String> wanted = Set.copyOf(targets);
        targets = LINEAR_LAYERS.stream().filter(wanted::contains).toList();
        layers = layers.stream().distinct().sorted().toList();
        if (targets.isEmpty() || targets.size() != wanted.size()) {
            throw new ModelException(
                    ModelException.Code.BAD_ADAPTER,
                    "An adapter needs targets among " + LINEAR_LAYERS + ", but has " + wanted
                            + ": mend its adapter_config.json");
        }
    }

    /** A LoRA adapter of every block: y = Wx + (alpha/rank)·B(Ax) for every target. */
    public AdapterSpec(int rank, double alpha, List<String> targets) {
        this(
                new AdapterKind.LowRank(
                        new AdapterKind.Size(rank, alpha),
                        AdapterKind.Scaling.BY_RANK,
                        AdapterKind.Form.PRODUCT,
                        Map.of()),
                targets,
                List.of());
    }

    /** Whether a block is adapted. */
    public boolean adapts(int layer) {
        return layers.isEmpty() || layers.contains(layer);
    }
}
