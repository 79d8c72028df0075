package dev.apprentice.llm.internal;

import dev.apprentice.model.AdapterSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where each weight of a model that is trained as a whole lies in one flat vector: first the matrices of the blocks, then embedding and head,
 * then the vectors. Optimisers treat each of the three alike, so each is one piece.
 */
final class ParameterLayout {
    private static final String EMBEDDING = "model.embed_tokens";
    private static final String FINAL_NORM = "model.norm";
    private static final String HEAD = "lm_head";

    private final Map<String, Slice> slices = new LinkedHashMap<>();
    private final List<Slice> ofBlocks;
    private final long matrixBytes;
    private final boolean tiedHead;
    private long bytes;

    ParameterLayout(ModelConfig config) {
        for (int layer = 0; layer < config.layers(); layer++) {
            for (String target : AdapterSpec.LINEAR_LAYERS) {
                int[] shape = config.linearShape(target);
                add(ModelConfig.moduleName(layer, target) + ".weight", shape[0], shape[1]);
            }
        }
        ofBlocks = new ArrayList<>(slices.values());
        tiedHead = config.tiedHead();
        add(EMBEDDING + ".weight", config.vocabulary(), config.width());
        if (!tiedHead) {
            add(HEAD + ".weight", config.vocabulary(), config.width());
        }
        matrixBytes = bytes;
        for (int layer = 0; layer < config.layers(); layer++) {
            addVectors(config, layer);
        }
        add(FINAL_NORM + ".weight", config.width());
    }

    private void addVectors(ModelConfig config, int layer) {
        String block = "model.layers." + layer;
        add(block + ".input_layernorm.weight", config.width());
        add(block + ".post_attention_layernorm.weight", config.width());
        switch (config.architecture().headNorm()) {
            case NONE -> {}
            case RMS -> {
                add(block + ".self_attn.q_norm.weight", config.attention().headDim());
                add(block + ".self_attn.k_norm.weight", config.attention().headDim());
            }
        }
        for (String target : AdapterSpec.LINEAR_LAYERS) {
            if (config.biased().contains(target)) {
                add(ModelConfig.moduleName(layer, target) + ".bias", config.linearShape(target)[0]);
            }
        }
    }

    private void add(String name, Integer... shape) {
        Slice slice = new Slice(name, List.of(shape), bytes);
        slices.put(name, slice);
        bytes = slice.end();
    }

    /** All, in the order in which they lie. */
    Collection<Slice> slices() {
        return slices.values();
    }

    /** The linear layers of the blocks, which lie first. */
    List<Slice> ofBlocks() {
        return ofBlocks;
    }

    /** Where the matrices of the blocks end. */
    long blockBytes() {
        return ofBlocks.getLast().end();
    }

    /** Where the matrices end, embedding and head included; behind it lie norms and biases. */
    long matrixBytes() {
        return matrixBytes;
    }

    /** Length of the flat vector. */
    long bytes() {
        return bytes;
    }

    Slice embedding() {
        return weight(EMBEDDING);
    }

    Slice finalNorm() {
        return weight(FINAL_NORM);
    }

    /** The embedding itself where they are tied. */
    Slice head() {
        return weight(tiedHead ? EMBEDDING : HEAD);
    }

    /** The weight of a module by its Hugging Face name. */
    Slice weight(String module) {
        Slice slice = slices.get(module + ".weight");
        if (slice == null) {
            throw new IllegalArgumentException("The model has no module " + module);
        }
        return slice;
    }

    /** The bias of a module, null where it has none. */
    @Nullable
    Slice bias(String module) {
        return slices.get(module + ".bias");
    }
}
