package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import dev.apprentice.model.TrainingPlan;
import java.util.ArrayList;
import java.util.List;

/** All that the backward pass needs of a forward pass over n tokens. */
sealed interface Tape {
    /** Hidden states after the last block (n, width), before the final norm. */
    Tensor output();

    /** What a block computed; valid until another is asked for. */
    Step at(int layer);

    /** One block's. */
    record Step(Activations activations, KeyValues keyValues) {
        /** Runs a block over an input. */
        static Step of(Transformer transformer, Network.Block block, Packing packing, Tensor input, Scratch scratch) {
            ModelConfig config = transformer.config();
            int n = input.rows();
            int keyValueWidth = config.attention().keyValueWidth();
            Step step = new Step(
                    Activations.kept(scratch, config, n, block, input),
                    new KeyValues(scratch.tensor(n, keyValueWidth), scratch.tensor(n, keyValueWidth)));
            transformer.block(block, packing.past(transformer, step.keyValues()), step.activations());
            return step;
        }
    }

    /**
     * Runs samples through the network.
     *
     * @param scratch for what is kept
     * @param ofBlock for what is computed a second time
     */
    static Tape record(
            Transformer transformer,
            Network network,
            Packing packing,
            TrainingPlan.Activations kept,
            Scratch scratch,
            Scratch ofBlock) {
        Tensor hidden =
                scratch.tensor(packing.tokens().length, transformer.config().width());
        transformer.embed(network.weights(), packing.tokens(), hidden);
        return switch (kept) {
            case KEPT -> {
                List<Step> steps = new ArrayList<>();
                for (Network.Block block : network.blocks()) {
                    Step step = Step.of(transformer, block, packing, hidden, scratch);
                    steps.add(step);
                    hidden = step.activations().output();
                }
                yield new Kept(steps, hidden);
            }
            case RECOMPUTED -> {
                List<Tensor> inputs = new ArrayList<>();
                for (Network.Block block : network.blocks()) {
                    inputs.add(hidden);
                    ofBlock.reset();
                    Step step = Step.of(transformer, block, packing, hidden, ofBlock);
                    hidden = scratch.tensor(hidden.rows(), hidden.columns());
                    hidden.data().copyFrom(step.activations().output().data());
                }
                yield new Recomputed(transformer, network, packing, inputs, hidden, ofBlock);
            }
        };
    }

    /** Everything at once. */
    record Kept(List<Step> steps, Tensor output) implements Tape {
        @Override
        public Step at(int layer) {
            return steps.get(layer);
        }
    }

    /** The inputs of the blocks, from which a block is computed a second time when it is asked for (arXiv 1604.06174). */
    record Recomputed(
            Transformer transformer,
            Network network,
            Packing packing,
            List<Tensor> inputs,
            Tensor output,
            Scratch ofBlock)
            implements Tape {
        @Override
        public Step at(int layer) {
            ofBlock.reset();
            return Step.of(transformer, network.blocks().get(layer), packing, inputs.get(layer), ofBlock);
        }
    }
}
