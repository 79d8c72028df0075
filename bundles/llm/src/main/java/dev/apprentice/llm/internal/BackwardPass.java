package dev.apprentice.llm.internal;

import dev.apprentice.compute.AttentionGradient;
import dev.apprentice.compute.AttentionTape;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.LowRank;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The way back through the blocks of a {@link Tape} to what is trained: an adapter's values through the frozen base, or all weights. */
final class BackwardPass {
    private final Transformer transformer;
    private final Kernels kernels;
    private final Packing packing;
    private final GradientSink sink;
    private final Tensor dNormed; // (n, width)
    private final Tensor dQuery; // (n, heads·headDim)
    private final Tensor dAttended; // (n, heads·headDim)
    private final Tensor dKeys; // (n, keyValueHeads·headDim)
    private final Tensor dValues; // (n, keyValueHeads·headDim)
    private final Tensor dGate; // (n, feedForward)
    private final Tensor dUp; // (n, feedForward)
    private final Tensor dActivated; // (n, feedForward)
    private final MemorySegment room; // of whatever one linear layer needs on the way

    BackwardPass(Transformer transformer, Network network, Packing packing, GradientSink sink, Scratch scratch) {
        int n = packing.tokens().length;
        ModelConfig config = transformer.config();
        this.transformer = transformer;
        this.kernels = transformer.kernels();
        this.packing = packing;
        this.sink = sink;
        this.dNormed = scratch.tensor(n, config.width());
        this.dQuery = scratch.tensor(n, config.attention().queryWidth());
        this.dAttended = scratch.tensor(n, config.attention().queryWidth());
        this.dKeys = scratch.tensor(n, config.attention().keyValueWidth());
        this.dValues = scratch.tensor(n, config.attention().keyValueWidth());
        this.dGate = scratch.tensor(n, config.feedForward());
        this.dUp = scratch.tensor(n, config.feedForward());
        this.dActivated = scratch.tensor(n, config.feedForward());
        int widest = Math.max(
                Math.max(config.width(), config.feedForward()),
                config.attention().queryWidth());
        this.room = scratch.tensor(n, widest + network.highestRank()).data();
    }

    /**
     * @param dHidden gradient of the last block's output (n, width); overwritten, with the gradient of the first block's input where the
     *     embedding is trained
     */
    void run(Network network, Tape tape, Tensor dHidden) {
        int last = network.lowestAdapted();
        for (int layer = network.blocks().size() - 1; layer >= last; layer--) {
            Network.Block block = network.blocks().get(layer);
            Tape.Step step = tape.at(layer);
            Activations at = step.activations();
            boolean lowest = layer == last && !network.trainsEmbedding();
            feedForward(block, at, dHidden, lowest);
            if (lowest && !block.adaptsAttention()) {
                return;
            }
            attention(block, at, step.keyValues(), dHidden, lowest);
        }
    }

    /** From the gradient of a block's output to that of its middle, in place. */
    private void feedForward(Network.Block block, Activations at, Tensor dHidden, boolean lowest) {
        project(block.down(), at.activated(), at.beside().down(), dHidden, Into.EMPTY, dActivated);
        kernels.swiGluBackward(at.gate(), at.up(), dActivated, dGate, dUp);
        boolean inputWanted = !lowest || block.adaptsAttention();
        Tensor dInput = inputWanted ? dNormed : null;
        project(block.gate(), at.middleNormed(), at.beside().gate(), dGate, Into.EMPTY, dInput);
        project(block.up(), at.middleNormed(), at.beside().up(), dUp, Into.SUM, dInput);
        throughNorm(block.feedForwardNorm(), at.middle(), dNormed, inputWanted ? dHidden : null);
    }

    /** From the gradient of a block's middle to that of its input, in place. */
    private void attention(Network.Block block, Activations at, KeyValues keyValues, Tensor dHidden, boolean lowest) {
        project(block.output(), at.attended(), at.beside().output(), dHidden, Into.EMPTY, dAttended);
        dQuery.clear();
        dKeys.clear();
        dValues.clear();
        packing.attendBackward(
                transformer,
                new AttentionTape(at.query(), keyValues.keys(), keyValues.values()),
                dAttended,
                new AttentionGradient(dQuery, dKeys, dValues));
        if (block.headNorms() != null) {
            throughHeadNorm(block.headNorms().query(), at.projectedQuery(), dQuery);
            throughHeadNorm(block.headNorms().key(), at.projectedKey(), dKeys);
        }
        Tensor dInput = lowest ? null : dNormed;
        project(block.query(), at.normed(), at.beside().query(), dQuery, Into.EMPTY, dInput);
        project(block.key(), at.normed(), at.beside().key(), dKeys, Into.SUM, dInput);
        project(block.value(), at.normed(), at.beside().value(), dValues, Into.SUM, dInput);
        throughNorm(block.attentionNorm(), at.input(), dNormed, lowest ? null : dHidden);
    }

    /** From the gradient of normalised heads to that of what was projected, in place. */
    private void throughHeadNorm(Norm norm, Tensor projected, Tensor gradient) {
        Tensor change = roomLike(gradient);
        change.clear();
        throughNorm(norm, transformer.heads(projected), transformer.heads(gradient), transformer.heads(change));
        gradient.data().copyFrom(change.data());
    }

    /** Adds the gradients of a norm's weight where it is trained, and of its input where that is wanted. */
    private void throughNorm(Norm norm, Tensor x, Tensor dy, @Nullable Tensor dx) {
        float epsilon = transformer.config().epsilon();
        if (norm.trained() != null) {
            sink.norm(norm.trained(), x, epsilon, dy);
        }
        if (dx != null) {
            kernels.rmsNormBackward(x, norm.weight(), epsilon, dy, dx);
        }
    }

    /** Adds the gradients of what is trained of a linear layer, and of its input where that is wanted. */
    private void project(Projection projection, Tensor x, Room beside, Tensor dy, Into into, @Nullable Tensor dx) {
        switch (projection) {
            case Projection.Plain(Weights.Linear base) -> throughWeight(dx, into, base, dy);
            case Projection.Trained trained -> {
                throughWeight(dx, into, trained.base(), dy);
                sink.matrix(trained.weightSlice(), dy, x, 1);
                if (trained.biasSlice() != null) {
                    sink.bias(trained.biasSlice(), dy);
                }
            }
            case Projection.LowRank lora -> {
                Parts parts = new Parts(lora.slot().a(), lora.slot().b());
                throughBoth(dx, into, lora.base(), lora.adapter(), parts, x, beside, dy);
            }
            case Projection.Served _ ->
                throw new IllegalArgumentException("What is served is rounded: train the adapter's own values");
            case Projection.Mixed _ -> throw new IllegalArgumentException("A sequence trains one adapter, not several");
            case Projection.Decomposed dora -> {
                Tensor dUnscaled = roomLike(dy);
                kernels.scaleColumns(dy, dora.rows().inverseNorms(), dUnscaled);
                sink.vector(dora.slot().magnitude(), dUnscaled, beside.unscaled(dy));
                kernels.scaleColumns(dUnscaled, dora.rows().magnitudes(), dUnscaled);
                Parts parts = new Parts(dora.slot().a(), dora.slot().b());
                throughBoth(dx, into, dora.base(), dora.adapter(), parts, x, beside, dUnscaled);
            }
            case Projection.ScaledOutput ia3 -> {
                sink.vector(ia3.slot().factors(), dy, beside.unscaled(dy));
                Tensor dUnscaled = roomLike(dy);
                kernels.scaleColumns(dy, ia3.factors(), dUnscaled);
                throughWeight(dx, into, ia3.base(), dUnscaled);
            }
            case Projection.ScaledInput ia3 -> {
                Tensor dScaled = roomLike(x);
                throughWeight(dScaled, Into.EMPTY, ia3.base(), dy);
                sink.vector(ia3.slot().factors(), dScaled, x);
                if (dx != null) {
                    kernels.scaleColumns(dScaled, ia3.factors(), dScaled);
                    if (into == Into.EMPTY) {
                        dx.clear();
                    }
                    kernels.add(dScaled, dx);
                }
            }
        }
    }

    /** What is in the gradient of an input before a linear layer's share of it comes. */
    private enum Into {
        /** Whatever was left there. */
        EMPTY,
        /** What other layers have added up. */
        SUM
    }

    /** dx = or += dy W, where it is wanted. */
    private void throughWeight(@Nullable Tensor dx, Into into, Weights.Linear linear, Tensor dy) {
        if (dx != null) {
            switch (into) {
                case EMPTY -> kernels.multiplyTransposed(linear.weight(), dy, dx);
                case SUM -> kernels.multiplyTransposedAdd(linear.weight(), dy, 1, dx);
            }
        }
    }

    /** Where the gradients of an adapter's matrices go. */
    private record Parts(Slice a, Slice b) {}

    /** dx = or += dy W + scale·dy B A, where it is wanted, and the gradients of A and B. */
    private void throughBoth(
            @Nullable Tensor dx,
            Into into,
            Weights.Linear linear,
            LowRank.Trained adapter,
            Parts parts,
            Tensor x,
            Room beside,
            Tensor dy) {
        int n = dy.rows();
        int rank = adapter.rank();
        Tensor dLowRank = new Tensor(n, rank, room.asSlice(room.byteSize() - 4L * n * rank, 4L * n * rank));
        if (dx == null) {
            dLowRank.clear();
            kernels.multiplyTransposedAdd(adapter.b(), dy, adapter.scale(), dLowRank);
        } else {
            switch (into) {
                case EMPTY -> kernels.multiplyAdaptedTransposed(linear.weight(), adapter, dy, dLowRank, dx);
                case SUM -> kernels.multiplyAdaptedTransposedAdd(linear.weight(), adapter, dy, dLowRank, dx);
            }
        }
        sink.matrix(parts.b(), dy, beside.lowRank(n, rank), adapter.scale());
        sink.matrix(parts.a(), dLowRank, x, 1);
    }

    private Tensor roomLike(Tensor tensor) {
        return new Tensor(
                tensor.rows(), tensor.columns(), room.asSlice(0, tensor.data().byteSize()));
    }
}
