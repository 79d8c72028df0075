package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.LowRank;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The model as one call sees it, with or without an adapter, or trained as a whole: views of weights and values, nothing copied.
 *
 * @param widestBeside columns of the widest tensor that an adapted layer computes beside its output in inference
 */
record Network(Weights weights, List<Block> blocks, int widestBeside) {
    /**
     * One transformer block.
     *
     * @param sparsity which neurons of the feed-forward layer are left out; null for none
     */
    record Block(
            Norm attentionNorm,
            @Nullable HeadNorms headNorms,
            Projection query,
            Projection key,
            Projection value,
            Projection output,
            Norm feedForwardNorm,
            Projection gate,
            Projection up,
            Projection down,
            @Nullable BlockSparsity sparsity) {

        /** A block that leaves nothing out. */
        Block(
                Norm attentionNorm,
                @Nullable HeadNorms headNorms,
                Projection query,
                Projection key,
                Projection value,
                Projection output,
                Norm feedForwardNorm,
                Projection gate,
                Projection up,
                Projection down) {
            this(attentionNorm, headNorms, query, key, value, output, feedForwardNorm, gate, up, down, null);
        }

        /** The same, leaving neurons out. */
        Block with(BlockSparsity wanted) {
            return new Block(
                    attentionNorm, headNorms, query, key, value, output, feedForwardNorm, gate, up, down, wanted);
        }

        List<Projection> projections() {
            return List.of(query, key, value, output, gate, up, down);
        }

        /** Whether gradients are wanted of something before the attention's output. */
        boolean adaptsAttention() {
            return List.of(query, key, value, output).stream().anyMatch(Network::isAdapted);
        }
    }

    /** Norms of each head of queries and keys. */
    record HeadNorms(Norm query, Norm key) {}

    /** The base model alone. */
    static Network plain(Weights weights) {
        return of(weights, (layer, target) -> new Projection.Plain(linear(weights, layer, target)));
    }

    /** The model itself, all of it trained; norms and biases lie in the values. */
    static Network trained(TrainedWeights trained) {
        Weights weights = trained.weights();
        ParameterLayout layout = trained.layout();
        List<Block> blocks = new ArrayList<>();
        for (int layer = 0; layer < weights.layers().size(); layer++) {
            blocks.add(block(
                    weights,
                    layer,
                    (of, target) -> {
                        String module = ModelConfig.moduleName(of, target);
                        return new Projection.Trained(
                                linear(weights, of, target), layout.weight(module), layout.bias(module));
                    },
                    (name, vector) -> Norm.trained(layout.weight(name), trained.values())));
        }
        return of(weights, blocks);
    }

    /** The base model with adapter values beside it, in the order of the layout; {@link RowScales} must still be computed. */
    static Network adapted(Weights weights, AdapterLayout layout, MemorySegment values) {
        return of(weights, (layer, target) -> {
            Weights.Linear base = linear(weights, layer, target);
            return switch (layout.slot(layer, target)) {
                case null -> new Projection.Plain(base);
                case AdapterSlot.LowRank slot ->
                    new Projection.LowRank(base, trained(slot.a(), slot.b(), slot.scale(), values), slot);
                case AdapterSlot.Decomposed slot ->
                    new Projection.Decomposed(
                            base,
                            trained(slot.a(), slot.b(), slot.scale(), values),
                            RowScales.allocate(slot, values),
                            slot);
                case AdapterSlot.ScaledOutput slot ->
                    new Projection.ScaledOutput(base, slot.factors().in(values), slot);
                case AdapterSlot.ScaledInput slot ->
                    new Projection.ScaledInput(base, slot.factors().in(values), slot);
            };
        });
    }

    private static LowRank.Trained trained(Slice a, Slice b, float scale, MemorySegment values) {
        return new LowRank.Trained(a.tensor(values).asMatrix(), b.tensor(values).asMatrix(), scale);
    }

    /** A network of given blocks. */
    static Network of(Weights weights, List<Block> blocks) {
        return new Network(weights, List.copyOf(blocks), widest(blocks, Network::beside));
    }

    /** What its linear layers are held in. */
    DataType held() {
        return blocks.getFirst().query().base().weight().type();
    }

    /** Whether the embedding is trained, as it is together with all other weights. */
    boolean trainsEmbedding() {
        return blocks.getFirst().query() instanceof Projection.Trained;
    }

    /** The first block that has something adapted or trained; the number of blocks if none has. */
    int lowestAdapted() {
        int layer = 0;
        while (layer < blocks.size() && blocks.get(layer).projections().stream().noneMatch(Network::isAdapted)) {
            layer++;
        }
        return layer;
    }

    private static int beside(Projection projection) {
        return switch (projection) {
            case Projection.Plain _, Projection.Trained _, Projection.ScaledOutput _ -> 0;
            case Projection.LowRank lowRank -> lowRank.adapter().rank();
            case Projection.Decomposed decomposed -> decomposed.adapter().rank();
            case Projection.Served served -> served.adapter().rank();
            case Projection.ScaledInput scaled -> scaled.base().weight().columns();
            case Projection.Mixed mixed ->
                mixed.parts().stream()
                        .mapToInt(part -> beside(part.projection()))
                        .max()
                        .orElse(0);
        };
    }

    /** The highest rank. */
    int highestRank() {
        return widest(blocks, projection -> switch (projection) {
            case Projection.LowRank lowRank -> lowRank.adapter().rank();
            case Projection.Decomposed decomposed -> decomposed.adapter().rank();
            case Projection.Served served -> served.adapter().rank();
            case Projection.Plain _,
                    Projection.Trained _,
                    Projection.ScaledOutput _,
                    Projection.ScaledInput _,
                    Projection.Mixed _ -> 0;
        });
    }

    private static int widest(List<Block> blocks, ToIntFunction<Projection> columns) {
        return blocks.stream()
                .flatMap(block -> block.projections().stream())
                .mapToInt(columns)
                .max()
                .orElse(0);
    }

    private static boolean isAdapted(Projection projection) {
        return !(projection instanceof Projection.Plain);
    }

    private static Weights.Linear linear(Weights weights, int layer, String target) {
        Weights.Linear wanted = weights.layers().get(layer).linear().get(target);
        if (wanted == null) {
            throw new IllegalArgumentException("Layer " + layer + " has no linear layer " + target);
        }
        return wanted;
    }

    private static Network of(Weights weights, BiFunction<Integer, String, Projection> projection) {
        List<Block> blocks = new ArrayList<>();
        for (int layer = 0; layer < weights.layers().size(); layer++) {
            blocks.add(block(weights, layer, projection, (name, vector) -> Norm.frozen(vector)));
        }
        return of(weights, blocks);
    }

    /** @param norm of a module's name and its weight */
    private static Block block(
            Weights weights,
            int layer,
            BiFunction<Integer, String, Projection> projection,
            BiFunction<String, MemorySegment, Norm> norm) {
        Weights.Layer of = weights.layers().get(layer);
        String name = "model.layers." + layer;
        Weights.HeadNorms heads = of.headNorms();
        return new Block(
                norm.apply(name + ".input_layernorm", of.attentionNorm()),
                heads == null
                        ? null
                        : new HeadNorms(
                                norm.apply(name + ".self_attn.q_norm", heads.query()),
                                norm.apply(name + ".self_attn.k_norm", heads.key())),
                projection.apply(layer, "q_proj"),
                projection.apply(layer, "k_proj"),
                projection.apply(layer, "v_proj"),
                projection.apply(layer, "o_proj"),
                norm.apply(name + ".post_attention_layernorm", of.feedForwardNorm()),
                projection.apply(layer, "gate_proj"),
                projection.apply(layer, "up_proj"),
                projection.apply(layer, "down_proj"));
    }
}
