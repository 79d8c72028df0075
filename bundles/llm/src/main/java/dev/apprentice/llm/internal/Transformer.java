package dev.apprentice.llm.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Matrix;
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
        project(block.query(), at.normed(), at.query(), at.beside().query());
        project(block.key(), at.normed(), keys, at.beside().key());
        project(block.value(), at.normed(), values, at.beside().value());
        if (block.headNorms() != null) {
            normaliseHeads(block.headNorms().query(), at.query(), at.projectedQuery());
            normaliseHeads(block.headNorms().key(), keys, at.projectedKey());
        }
        RotaryTable turns = rotary.upTo(past + n);
        kernels.rotate(turns, past, at.query());
        kernels.rotate(turns, past, keys);
        kernels.attention(config.attention(), past, at.query(), cache.keys(), cache.values(), at.attended());
        project(block.output(), at.attended(), at.middle(), at.beside().output());
        kernels.add(at.input(), at.middle());

        kernels.rmsNorm(at.middle(), block.feedForwardNorm(), config.epsilon(), at.middleNormed());
        project(block.gate(), at.middleNormed(), at.gate(), at.beside().gate());
        project(block.up(), at.middleNormed(), at.up(), at.beside().up());
        kernels.swiGlu(at.gate(), at.up(), at.activated());
        project(block.down(), at.activated(), at.output(), at.beside().down());
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

    private void project(Projection projection, Tensor x, Tensor y, Room beside) {
        switch (projection) {
            case Projection.Plain(Weights.Linear base) -> apply(base, x, y);
            case Projection.LowRank lora -> {
                apply(lora.base(), x, y);
                addProduct(lora.a(), lora.b(), lora.scale(), x, y, beside);
            }
            case Projection.Decomposed dora -> {
                Tensor unscaled = beside.unscaled(y);
                kernels.multiply(dora.base().weight(), x, unscaled);
                addProduct(dora.a(), dora.b(), dora.scale(), x, unscaled, beside);
                kernels.scaleColumns(unscaled, dora.rows().scales(), y);
                addBias(dora.base(), y);
            }
            case Projection.ScaledOutput ia3 -> {
                Tensor unscaled = beside.unscaled(y);
                apply(ia3.base(), x, unscaled);
                kernels.scaleColumns(unscaled, ia3.factors(), y);
            }
            case Projection.ScaledInput ia3 -> {
                Tensor scaled = beside.scaledInput(x);
                kernels.scaleColumns(x, ia3.factors(), scaled);
                apply(ia3.base(), scaled, y);
            }
        }
    }

    /** y = Wx + b. */
    private void apply(Weights.Linear linear, Tensor x, Tensor y) {
        kernels.multiply(linear.weight(), x, y);
        addBias(linear, y);
    }

    private void addBias(Weights.Linear linear, Tensor y) {
        if (linear.bias() != null) {
            kernels.addToRows(linear.bias(), y);
        }
    }

    /** y += scale·B(Ax). */
    private void addProduct(Matrix a, Matrix b, float scale, Tensor x, Tensor y, Room beside) {
        Tensor lowRank = beside.lowRank(x.rows(), a.rows());
        kernels.multiply(a, x, lowRank);
        kernels.multiplyAdd(b, lowRank, scale, y);
    }
}
