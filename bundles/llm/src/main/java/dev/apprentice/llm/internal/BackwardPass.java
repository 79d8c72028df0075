package dev.apprentice.llm.internal;

import dev.apprentice.compute.AttentionGradient;
import dev.apprentice.compute.AttentionTape;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The way back through the blocks of a {@link Tape}, through the frozen base to the adapter's values only. */
final class BackwardPass {
    private final Transformer transformer;
    private final Kernels kernels;
    private final MemorySegment gradient;
    private final Tensor dNormed; // (n, width)
    private final Tensor dQuery; // (n, heads·headDim)
    private final Tensor dAttended; // (n, heads·headDim)
    private final Tensor dKeys; // (n, keyValueHeads·headDim)
    private final Tensor dValues; // (n, keyValueHeads·headDim)
    private final Tensor dGate; // (n, feedForward)
    private final Tensor dUp; // (n, feedForward)
    private final Tensor dActivated; // (n, feedForward)
    private final Tensor dLowRank; // (n, rank)

    /** @param gradient receives the gradients, flat in the adapter's layout */
    BackwardPass(Transformer transformer, int rank, int n, MemorySegment gradient, Scratch scratch) {
        ModelConfig config = transformer.config();
        this.transformer = transformer;
        this.kernels = transformer.kernels();
        this.gradient = gradient;
        this.dNormed = scratch.tensor(n, config.width());
        this.dQuery = scratch.tensor(n, config.attention().queryWidth());
        this.dAttended = scratch.tensor(n, config.attention().queryWidth());
        this.dKeys = scratch.tensor(n, config.attention().keyValueWidth());
        this.dValues = scratch.tensor(n, config.attention().keyValueWidth());
        this.dGate = scratch.tensor(n, config.feedForward());
        this.dUp = scratch.tensor(n, config.feedForward());
        this.dActivated = scratch.tensor(n, config.feedForward());
        this.dLowRank = scratch.tensor(n, rank);
    }

    /** @param dHidden gradient of the last block's output (n, width); overwritten */
    void run(Network network, Tape tape, Tensor dHidden) {
        for (int layer = network.blocks().size() - 1; layer >= 0; layer--) {
            Network.Block block = network.blocks().get(layer);
            Activations at = tape.activations().get(layer);
            boolean lowest = layer == 0;
            feedForward(block, at, dHidden, lowest);
            if (lowest && !block.adaptsAttention()) {
                return;
            }
            attention(block, at, tape.keyValues().get(layer), dHidden, lowest);
        }
    }

    /** From the gradient of a block's output to that of its middle, in place. */
    private void feedForward(Network.Block block, Activations at, Tensor dHidden, boolean lowest) {
        dActivated.clear();
        project(block.down(), at.activated(), at.lowRank().down(), dHidden, dActivated);
        kernels.swiGluBackward(at.gate(), at.up(), dActivated, dGate, dUp);
        boolean inputWanted = !lowest || block.adaptsAttention();
        dNormed.clear();
        project(block.gate(), at.middleNormed(), at.lowRank().gate(), dGate, inputWanted ? dNormed : null);
        project(block.up(), at.middleNormed(), at.lowRank().up(), dUp, inputWanted ? dNormed : null);
        if (inputWanted) {
            kernels.rmsNormBackward(
                    at.middle(), block.feedForwardNorm(), transformer.config().epsilon(), dNormed, dHidden);
        }
    }

    /** From the gradient of a block's middle to that of its input, in place. */
    private void attention(Network.Block block, Activations at, KeyValues keyValues, Tensor dHidden, boolean lowest) {
        dAttended.clear();
        project(block.output(), at.attended(), at.lowRank().output(), dHidden, dAttended);
        dQuery.clear();
        dKeys.clear();
        dValues.clear();
        kernels.attentionBackward(
                transformer.config().attention(),
                new AttentionTape(at.query(), keyValues.keys(), keyValues.values()),
                dAttended,
                new AttentionGradient(dQuery, dKeys, dValues));
        kernels.rotateBackward(transformer.rotary(), 0, dQuery);
        kernels.rotateBackward(transformer.rotary(), 0, dKeys);
        dNormed.clear();
        project(block.query(), at.normed(), at.lowRank().query(), dQuery, lowest ? null : dNormed);
        project(block.key(), at.normed(), at.lowRank().key(), dKeys, lowest ? null : dNormed);
        project(block.value(), at.normed(), at.lowRank().value(), dValues, lowest ? null : dNormed);
        if (!lowest) {
            kernels.rmsNormBackward(
                    at.input(), block.attentionNorm(), transformer.config().epsilon(), dNormed, dHidden);
        }
    }

    /** Adds the gradients of a linear layer's adapter, and of its input where that is wanted. */
    private void project(Projection projection, Tensor x, Tensor lowRank, Tensor dy, @Nullable Tensor dx) {
        switch (projection) {
            case Projection.Plain plain -> {
                if (dx != null) {
                    kernels.multiplyTransposedAdd(plain.weight(), dy, 1, dx);
                }
            }
            case Projection.Mixed _ -> throw new IllegalArgumentException("A sequence trains one adapter, not several");
            case Projection.Adapted adapted -> {
                dLowRank.clear();
                kernels.multiplyTransposedAdd(adapted.b(), dy, adapted.scale(), dLowRank);
                kernels.outerProductAdd(
                        dy, lowRank, adapted.scale(), adapted.slot().b(gradient));
                kernels.outerProductAdd(dLowRank, x, 1, adapted.slot().a(gradient));
                if (dx != null) {
                    kernels.multiplyTransposedAdd(adapted.weight(), dy, 1, dx);
                    kernels.multiplyTransposedAdd(adapted.a(), dLowRank, 1, dx);
                }
            }
        }
    }
}
