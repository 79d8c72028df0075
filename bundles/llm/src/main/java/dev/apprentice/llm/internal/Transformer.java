package dev.apprentice.llm.internal;

import dev.apprentice.compute.InputMajorMatrix;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.LinearLayer;
import dev.apprentice.compute.LowRank;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The forward pass of a Llama-family transformer (arXiv 2302.13971). Stateless: what a pass needs comes with the call. */
record Transformer(ModelConfig config, Kernels kernels, RotaryTables rotary) {

    /** For training a network: what is multiplied beside its linear layers is rounded as they are. */
    Transformer asExactAs(Network network) {
        return new Transformer(config, kernels.asExactAs(network.held()), rotary);
    }

    /** Writes the embeddings of tokens into hidden (n, width). */
    void embed(Weights weights, int[] tokens, Tensor hidden) {
        for (int i = 0; i < tokens.length; i++) {
            Elements.decode(weights.embedding(), tokens[i], hidden.data(), (long) i * config.width());
        }
    }

    /** One block over n tokens: from {@code at.input()} to {@code at.output()}. */
    void block(Network.Block block, Past past, Activations at) {
        kernels.rmsNorm(at.input(), block.attentionNorm().weight(), config.epsilon(), at.normed());
        project(
                at.normed(),
                new Output(block.query(), at.query(), at.beside().query()),
                new Output(block.key(), past.keys(), at.beside().key()),
                new Output(block.value(), past.values(), at.beside().value()));
        if (block.headNorms() != null) {
            normaliseHeads(block.headNorms().query().weight(), at.query(), at.projectedQuery());
            normaliseHeads(block.headNorms().key().weight(), past.keys(), at.projectedKey());
        }
        past.rotate(at.query());
        past.rotate(past.keys());
        past.attend(at.query(), at.attended());
        project(
                at.attended(),
                new Output(block.output(), at.middle(), at.beside().output()));
        kernels.add(at.input(), at.middle());

        kernels.rmsNorm(at.middle(), block.feedForwardNorm().weight(), config.epsilon(), at.middleNormed());
        Output gate = new Output(block.gate(), at.gate(), at.beside().gate());
        if (block.sparsity() == null) {
            project(
                    at.middleNormed(),
                    gate,
                    new Output(block.up(), at.up(), at.beside().up()));
            kernels.swiGlu(at.gate(), at.up(), at.activated());
            project(
                    at.activated(),
                    new Output(block.down(), at.output(), at.beside().down()));
        } else {
            project(at.middleNormed(), gate);
            activeNeurons(block, block.sparsity(), at);
        }
        kernels.add(at.middle(), at.output());
    }

    /**
     * The feed-forward layer after its gates, without the neurons whose gates are next to nought (CATS, arXiv 2404.08763). A token that is
     * alone saves their weights. Several tokens leave out as much, each by its own gates, but together they need nearly all weights.
     */
    private void activeNeurons(Network.Block block, BlockSparsity sparsity, Activations at) {
        kernels.dropBelow(sparsity.threshold(), at.gate());
        boolean alone = at.gate().rows() == 1;
        FrozenProduct up = alone ? (weight, x, y) -> kernels.multiplyWhere(weight, at.gate(), x, y) : kernels::multiply;
        projectBy(up, block.up(), at.middleNormed(), at.up(), at.beside().up());
        kernels.swiGlu(at.gate(), at.up(), at.activated());
        InputMajorMatrix byInput = sparsity.down();
        FrozenProduct down =
                alone && byInput != null ? (weight, x, y) -> kernels.multiplyActive(byInput, x, y) : kernels::multiply;
        projectBy(down, block.down(), at.activated(), at.output(), at.beside().down());
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
        kernels.rotate(rotary.upTo(past + x.rows()), past, x);
    }

    /** Turns back: the gradient of {@link #rotate}. */
    void rotateBackward(int past, Tensor dx) {
        kernels.rotateBackward(rotary.upTo(past + dx.rows()), past, dx);
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

    /** What a linear layer gives: y (n, outputs). */
    private record Output(Projection projection, Tensor y, Room beside) {}

    /** Linear layers of the same x, with what their adapters do before, beside and after the weights' products. */
    private void project(Tensor x, Output... outputs) {
        List<LinearLayer> together = new ArrayList<>();
        for (Output output : outputs) {
            Weights.Linear base = output.projection().base();
            switch (output.projection()) {
                case Projection.Plain _, Projection.Trained _ ->
                    together.add(new LinearLayer.Plain(base.weight(), output.y()));
                case Projection.LowRank lora -> together.add(adapted(base, lora.adapter(), x, output));
                case Projection.Served served -> together.add(adapted(base, served.adapter(), x, output));
                case Projection.Decomposed _, Projection.ScaledInput _, Projection.ScaledOutput _, Projection.Mixed _ ->
                    projectBy(kernels::multiply, output.projection(), x, output.y(), output.beside());
            }
        }
        kernels.multiplyAll(together, x);
        for (Output output : outputs) {
            switch (output.projection()) {
                case Projection.Plain _, Projection.Trained _, Projection.LowRank _ ->
                    addBias(output.projection().base(), output.y());
                case Projection.Served served -> scaleRows(served, output.y());
                case Projection.Decomposed _,
                        Projection.ScaledInput _,
                        Projection.ScaledOutput _,
                        Projection.Mixed _ -> {}
            }
        }
    }

    private static LinearLayer adapted(Weights.Linear base, LowRank adapter, Tensor x, Output output) {
        Tensor lowRank = output.beside().lowRank(x.rows(), adapter.rank());
        return new LinearLayer.Adapted(base.weight(), adapter, lowRank, output.y());
    }

    /** A way to multiply with the frozen weight: y = x Wᵀ. */
    private interface FrozenProduct {
        void multiply(Matrix weight, Tensor x, Tensor y);
    }

    /** A linear layer whose frozen product is computed in a way of its own. */
    private void projectBy(FrozenProduct frozen, Projection projection, Tensor x, Tensor y, Room beside) {
        Tensor product = switch (projection) {
            case Projection.Decomposed _, Projection.ScaledOutput _ -> beside.unscaled(y);
            case Projection.Plain _,
                    Projection.Trained _,
                    Projection.LowRank _,
                    Projection.Served _,
                    Projection.ScaledInput _,
                    Projection.Mixed _ -> y;
        };
        frozen.multiply(projection.base().weight(), input(projection, x, beside), product);
        finish(projection, x, product, y, beside);
    }

    /** What the weight is multiplied with. */
    private Tensor input(Projection projection, Tensor x, Room beside) {
        return switch (projection) {
            case Projection.Plain _,
                    Projection.Trained _,
                    Projection.LowRank _,
                    Projection.Decomposed _,
                    Projection.Served _,
                    Projection.ScaledOutput _ -> x;
            case Projection.ScaledInput ia3 -> {
                Tensor scaled = beside.scaledInput(x);
                kernels.scaleColumns(x, ia3.factors(), scaled);
                yield scaled;
            }
            case Projection.Mixed mixed -> {
                if (mixed.parts().stream().noneMatch(part -> part.projection() instanceof Projection.ScaledInput)) {
                    yield x;
                }
                Tensor scaled = beside.scaledInput(x);
                scaled.data().copyFrom(x.data());
                for (Projection.Mixed.Part part : mixed.parts()) {
                    if (part.projection() instanceof Projection.ScaledInput ia3) {
                        kernels.scaleColumns(part.of(x), ia3.factors(), part.of(scaled));
                    }
                }
                yield scaled;
            }
        };
    }

    /** From the weight's product to y, which may be the same tensor. */
    private void finish(Projection projection, Tensor x, Tensor product, Tensor y, Room beside) {
        switch (projection) {
            case Projection.Plain(Weights.Linear base) -> addBias(base, y);
            case Projection.Trained trained -> addBias(trained.base(), y);
            case Projection.LowRank lora -> {
                addLowRank(lora.adapter(), x, y, beside);
                addBias(lora.base(), y);
            }
            case Projection.Decomposed dora -> {
                addLowRank(dora.adapter(), x, product, beside);
                kernels.scaleColumns(product, dora.rows().scales(), y);
                addBias(dora.base(), y);
            }
            case Projection.Served served -> {
                addLowRank(served.adapter(), x, y, beside);
                scaleRows(served, y);
            }
            case Projection.ScaledOutput ia3 -> {
                addBias(ia3.base(), product);
                kernels.scaleColumns(product, ia3.factors(), y);
            }
            case Projection.ScaledInput ia3 -> addBias(ia3.base(), y);
            case Projection.Mixed mixed ->
                mixed.parts()
                        .forEach(part -> finish(part.projection(), part.of(x), part.of(product), part.of(y), beside));
        }
    }

    private void scaleRows(Projection.Served served, Tensor y) {
        if (served.rowScales() != null) {
            kernels.scaleColumns(y, served.rowScales(), y);
        }
        addBias(served.base(), y);
    }

    private void addBias(Weights.Linear linear, Tensor y) {
        if (linear.bias() != null) {
            kernels.addToRows(linear.bias(), y);
        }
    }

    /** y += scale·B(Ax). */
    private void addLowRank(LowRank adapter, Tensor x, Tensor y, Room beside) {
        kernels.addLowRank(adapter, x, beside.lowRank(x.rows(), adapter.rank()), y);
    }
}
