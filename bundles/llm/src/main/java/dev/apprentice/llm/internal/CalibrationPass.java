package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import dev.apprentice.model.TrainingSample;
import dev.apprentice.model.WeightedSample;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.Consumer;

/**
 * Takes texts through a model block by block, all texts through one block before the next, so that a block can be changed between
 * looking at what reaches it and handing on what it makes of it.
 */
final class CalibrationPass implements AutoCloseable {
    private final Transformer transformer;
    private final List<int[]> texts;
    private final Tensor hidden; // (all tokens, width), the input of the next block
    private final Scratch scratch = new Scratch();

    /** What reaches the linear layers of a block. */
    record Inputs(InputGram attention, InputGram output, InputGram feedForward, InputGram down) {
        static Inputs allocate(Arena arena, ModelConfig config) {
            return new Inputs(
                    InputGram.allocate(arena, config.width()),
                    InputGram.allocate(arena, config.attention().queryWidth()),
                    InputGram.allocate(arena, config.width()),
                    InputGram.allocate(arena, config.feedForward()));
        }

        /** The inputs of a linear layer by its Hugging Face name. */
        InputGram of(String target) {
            return switch (target) {
                case "q_proj", "k_proj", "v_proj" -> attention;
                case "o_proj" -> output;
                case "gate_proj", "up_proj" -> feedForward;
                case "down_proj" -> down;
                default -> throw new IllegalArgumentException("A Llama block has no linear layer " + target);
            };
        }
    }

    CalibrationPass(Transformer transformer, Weights weights, List<int[]> texts, Arena arena) {
        this.transformer = transformer;
        this.texts = List.copyOf(texts);
        int tokens = texts.stream().mapToInt(text -> text.length).sum();
        this.hidden = Tensor.allocate(arena, tokens, transformer.config().width());
        int from = 0;
        for (int[] text : texts) {
            transformer.embed(weights, text, hidden.rows(from, text.length));
            from += text.length;
        }
    }

    /** What reaches the linear layers of the next block if it is this one; it lives as long as the arena. */
    Inputs observe(Network.Block block, Arena arena) {
        Inputs inputs = Inputs.allocate(arena, transformer.config());
        run(block, (at, rows) -> {
            inputs.attention().add(transformer.kernels(), at.normed(), hidden.rows());
            inputs.output().add(transformer.kernels(), at.attended(), hidden.rows());
            inputs.feedForward().add(transformer.kernels(), at.middleNormed(), hidden.rows());
            inputs.down().add(transformer.kernels(), at.activated(), hidden.rows());
        });
        return inputs;
    }

    /** Shows the gates (tokens, feedForward) of the next block if it is this one, text after text. */
    void showGates(Network.Block block, Consumer<Tensor> gates) {
        run(block, (at, rows) -> gates.accept(at.gate()));
    }

    /** Goes through a block to the next one. */
    void advance(Network.Block block) {
        run(block, (at, rows) -> rows.data().copyFrom(at.output().data()));
    }

    private interface Watcher {
        /** Sees what a block computed of a text; rows (text, width) are its input. */
        void see(Activations at, Tensor rows);
    }

    private void run(Network.Block block, Watcher watcher) {
        int from = 0;
        for (int[] text : texts) {
            Packing alone = Packing.of(List.of(
                    new WeightedSample(new TrainingSample(text, 1, TrainingSample.Objective.NEXT_TOKEN), 1, 0)));
            Tensor rows = hidden.rows(from, text.length);
            scratch.reset();
            watcher.see(Tape.Step.of(transformer, block, alone, rows, scratch).activations(), rows);
            from += text.length;
        }
    }

    @Override
    public void close() {
        scratch.close();
    }
}
