package dev.apprentice.llm.internal;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The base model as one call sees it, with or without an adapter: views of weights and adapter values, nothing copied.
 *
 * @param rank of the adapter; 0 if there is none
 */
record Network(Weights weights, List<Block> blocks, int rank) {
    /** One transformer block. */
    record Block(
            MemorySegment attentionNorm,
            Weights.@Nullable HeadNorms headNorms,
            Projection query,
            Projection key,
            Projection value,
            Projection output,
            MemorySegment feedForwardNorm,
            Projection gate,
            Projection up,
            Projection down) {

        /** Whether gradients are wanted of something before the attention's output. */
        boolean adaptsAttention() {
            return List.of(query, key, value, output).stream().anyMatch(Projection.Adapted.class::isInstance);
        }
    }

    /** The base model alone. */
    static Network plain(Weights weights) {
        return of(weights, 0, (layer, target) -> new Projection.Plain(linear(weights, layer, target)));
    }

    /** The base model with adapter values beside it, in the order of the layout. */
    static Network adapted(Weights weights, AdapterLayout layout, MemorySegment values) {
        return of(weights, layout.spec().rank(), (layer, target) -> {
            Weights.Linear weight = linear(weights, layer, target);
            if (!layout.spec().targets().contains(target)) {
                return new Projection.Plain(weight);
            }
            AdapterLayout.Slot slot = layout.slot(layer, target);
            return new Projection.Adapted(
                    weight,
                    slot.a(values).asMatrix(),
                    slot.b(values).asMatrix(),
                    layout.spec().scale(),
                    slot);
        });
    }

    private static Weights.Linear linear(Weights weights, int layer, String target) {
        Map<String, Weights.Linear> linear = weights.layers().get(layer).linear();
        Weights.Linear wanted = linear.get(target);
        if (wanted == null) {
            throw new IllegalArgumentException("Layer " + layer + " has no linear layer " + target);
        }
        return wanted;
    }

    private static Network of(Weights weights, int rank, BiFunction<Integer, String, Projection> projection) {
        List<Block> blocks = new ArrayList<>();
        for (int layer = 0; layer < weights.layers().size(); layer++) {
            Weights.Layer frozen = weights.layers().get(layer);
            blocks.add(new Block(
                    frozen.attentionNorm(),
                    frozen.headNorms(),
                    projection.apply(layer, "q_proj"),
                    projection.apply(layer, "k_proj"),
                    projection.apply(layer, "v_proj"),
                    projection.apply(layer, "o_proj"),
                    frozen.feedForwardNorm(),
                    projection.apply(layer, "gate_proj"),
                    projection.apply(layer, "up_proj"),
                    projection.apply(layer, "down_proj")));
        }
        return new Network(weights, List.copyOf(blocks), rank);
    }
}
