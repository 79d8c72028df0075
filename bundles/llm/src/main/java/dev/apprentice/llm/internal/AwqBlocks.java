package dev.apprentice.llm.internal;

import dev.apprentice.compute.AttentionShape;
import dev.apprentice.compute.Kernels;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Quantises a block by AWQ (Lin et al. 2023, arXiv 2306.00978): inputs that carry much are made small and their weights large, which
 * gives those finer steps; then each group's range is cut where that leaves the smallest error. What makes an input smaller is the norm
 * or the linear layer before it, so that the block computes what it did.
 */
record AwqBlocks(FourBitLayout layout, ModelConfig config, Kernels kernels) implements BlockQuantizer {
    @Override
    public Weights.Layer quantise(Weights.Layer block, CalibrationPass.Inputs inputs, Arena arena) {
        try (Arena temporary = Arena.ofShared()) {
            ScaledBlock scaled = ScaledBlock.of(block, temporary);
            AwqSearch search = new AwqSearch(layout, kernels);
            for (Site site : sites(config)) {
                InputGram gram = inputs.of(site.targets().getFirst());
                float[] scales = search.scales(scaled.weights(site.targets()), gram, site.channels());
                scaled.scale(site, scales);
            }
            return scaled.rounded(
                    (target, weight, scales) ->
                            layout.quantise(weight, inputs.of(target).squaresAfter(scales), arena),
                    arena);
        }
    }

    /**
     * Linear layers with the same inputs.
     *
     * @param maker the norm or linear layer that makes the inputs, up to what keeps their scale
     * @param channels for each input the output of the maker that it comes from
     */
    record Site(List<String> targets, String maker, int[] channels) {}

    /** All linear layers of a block, in the order in which they are scaled. */
    static List<Site> sites(ModelConfig config) {
        int[] width = IntStream.range(0, config.width()).toArray();
        int[] feedForward = IntStream.range(0, config.feedForward()).toArray();
        return List.of(
                new Site(List.of("q_proj", "k_proj", "v_proj"), ScaledBlock.ATTENTION_NORM, width),
                new Site(List.of("o_proj"), "v_proj", valueChannels(config.attention())),
                new Site(List.of("gate_proj", "up_proj"), ScaledBlock.FEED_FORWARD_NORM, width),
                new Site(List.of("down_proj"), "up_proj", feedForward));
    }

    /** The heads of queries in a group read the same head of values, one channel each. */
    private static int[] valueChannels(AttentionShape attention) {
        int group = attention.heads() / attention.keyValueHeads();
        return IntStream.range(0, attention.queryWidth())
                .map(i -> i / attention.headDim() / group * attention.headDim() + i % attention.headDim())
                .toArray();
    }
}
