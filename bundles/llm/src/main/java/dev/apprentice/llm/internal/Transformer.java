package dev.apprentice.llm.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.RotaryTable;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;

/** The forward pass of a Llama-family transformer (arXiv 2302.13971). Stateless: what a pass needs comes with the call. */
record Transformer(ModelConfig config, Kernels kernels, RotaryTables rotary) {

    /** Writes the embeddings of tokens into hidden (n, width). */
    void embed(Weights weights, int[] tokens, Tensor hidden) {
        for (int i = 0; i < tokens.length; i++) {
            Elements.decode(weights.embedding(), tokens[i], hidden.data(), (long) i * config.width());
        }
    }

    /** One block over n tokens that follow {@code past} others: from {@code at.input()} to {@code at.output()}. */
    void block(Network.Block block, int past, KeyValues cache, Activations at) {
        int n = at.input().rows();
        Tensor keys = cache.keys().rows(past, n);
        Tensor values = cache.values().rows(past, n);

        kernels.rmsNorm(at.input(), block.attentionNorm(), config.epsilon(), at.normed());
        project(block.query(), at.normed(), at.query(), at.lowRank().query());
        project(block.key(), at.normed(), keys, at.lowRank().key());
        project(block.value(), at.normed(), values, at.lowRank().value());
        if (block.headNorms() != null) {
            normaliseHeads(block.headNorms().query(), at.query(), at.projectedQuery());
            normaliseHeads(block.headNorms().key(), keys, at.projectedKey());
        }
        RotaryTable turns = rotary.upTo(past + n);
        kernels.rotate(turns, past, at.query());
        kernels.rotate(turns, past, keys);
        kernels.attention(config.attention(), past, at.query(), cache.keys(), cache.values(), at.attended());
        project(block.output(), at.attended(), at.middle(), at.lowRank().output());
        kernels.add(at.input(), at.middle());

        kernels.rmsNorm(at.middle(), block.feedForwardNorm(), config.epsilon(), at.middleNormed());
        project(block.gate(), at.middleNormed(), at.gate(), at.lowRank().gate());
        project(block.up(), at.middleNormed(), at.up(), at.lowRank().up());
        kernels.swiGlu(at.gate(), at.up(), at.activated());
        project(block.down(), at.activated(), at.output(), at.lowRank().down());
        kernels.add(at.middle(), at.output());
    }

    /** The final norm: hidden to normed (n, width). */
    void finalNorm(Weights weights, Tensor hidden, Tensor normed) {
        kernels.rmsNorm(hidden, weights.finalNorm(), config.epsilon(), normed);
    }

    /** Logits (n, vocabulary) of final-normed rows. */
    void head(Weights weights, Tensor normed, Tensor logits) {
        kernels.multiply(weights.head(), normed, logits);
    }

    /** Normalises every head of x (n, heads·headDim) in place; what was there before goes to {@code kept}. */
    private void normaliseHeads(MemorySegment norm, Tensor x, Tensor kept) {
        kept.data().copyFrom(x.data());
        kernels.rmsNorm(heads(kept), norm, config.epsilon(), heads(x));
    }

    /** x (n, heads·headDim) seen as (n·heads, headDim). */
    Tensor heads(Tensor x) {
        int headDim = config.attention().headDim();
        return new Tensor(x.rows() * (x.columns() / headDim), headDim, x.data());
    }

    private void project(Projection projection, Tensor x, Tensor y, Tensor lowRank) {
        kernels.multiply(projection.base().weight(), x, y);
        if (projection.base().bias() != null) {
            kernels.addToRows(projection.base().bias(), y);
        }
        switch (projection) {
            case Projection.Plain _ -> {}
            case Projection.Adapted adapted -> {
                kernels.multiply(adapted.a(), x, lowRank);
                kernels.multiplyAdd(adapted.b(), lowRank, adapted.scale(), y);
            }
        }
    }
}
