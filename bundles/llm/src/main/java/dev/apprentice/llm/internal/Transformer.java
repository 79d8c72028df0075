package dev.apprentice.llm.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.RotaryTable;
import dev.apprentice.compute.Tensor;

/** The forward pass of a Llama-family transformer (arXiv 2302.13971). Stateless: what a pass needs comes with the call. */
record Transformer(ModelConfig config, Kernels kernels, RotaryTable rotary) {

    /** Writes the embeddings of tokens into hidden (n, width). */
    void embed(Weights weights, int[] tokens, Tensor hidden) {
        for (int i = 0; i < tokens.length; i++) {
            Elements.decode(weights.embedding(), tokens[i], hidden.data(), (long) i * config.width());
        }
    }

    /** One block over the tokens of a whole sequence: from {@code at.input()} to {@code at.output()}. */
    void block(Network.Block block, KeyValues keyValues, Activations at) {
        block(block, new Past.Beginning(this, keyValues), at);
    }

    /** One block over n tokens: from {@code at.input()} to {@code at.output()}. */
    void block(Network.Block block, Past past, Activations at) {
        kernels.rmsNorm(at.input(), block.attentionNorm(), config.epsilon(), at.normed());
        project(block.query(), at.normed(), at.query(), at.lowRank().query());
        project(block.key(), at.normed(), past.keys(), at.lowRank().key());
        project(block.value(), at.normed(), past.values(), at.lowRank().value());
        past.rotate(at.query());
        past.rotate(past.keys());
        past.attend(at.query(), at.attended());
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

    /** Turns the heads of tokens that follow {@code past} others; x (n, any number of heads·headDim). */
    void rotate(int past, Tensor x) {
        kernels.rotate(rotary, past, x);
    }

    private void project(Projection projection, Tensor x, Tensor y, Tensor lowRank) {
        switch (projection) {
            case Projection.Plain plain -> kernels.multiply(plain.weight(), x, y);
            case Projection.Adapted adapted -> {
                kernels.multiply(adapted.weight(), x, y);
                kernels.multiply(adapted.a(), x, lowRank);
                kernels.multiplyAdd(adapted.b(), lowRank, adapted.scale(), y);
            }
            case Projection.Mixed mixed -> {
                kernels.multiply(mixed.weight(), x, y);
                for (Projection.Mixed.Part part : mixed.parts()) {
                    Projection.Adapted adapted = part.adapted();
                    Tensor some = part.lowRank(lowRank);
                    kernels.multiply(adapted.a(), x.rows(part.from(), part.count()), some);
                    kernels.multiplyAdd(adapted.b(), some, adapted.scale(), y.rows(part.from(), part.count()));
                }
            }
        }
    }
}
