package dev.apprentice.llm.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Tensor;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.ModelException;
import dev.apprentice.model.Trainer;
import dev.apprentice.model.TrainingSample;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Forward over a sequence, loss, and back through the frozen base to the adapter. */
final class LoraTrainer implements Trainer {
    /** Rows that go through the head together: it is wide, and logits are the largest activations of all. */
    private static final int HEAD_ROWS = 256;

    private final LlamaModel model;
    private final Transformer transformer;
    private final Kernels kernels;
    private final Weights weights;
    private final Network network;
    private final AdapterLayout layout;
    private final Arena arena = Arena.ofShared();
    private final Scratch scratch = new Scratch();
    private final MemorySegment parameters;

    LoraTrainer(LlamaModel model, Adapter start) {
        this.model = model;
        this.transformer = model.transformer();
        this.kernels = transformer.kernels();
        this.weights = model.weights();
        this.layout = model.layout(start);
        this.parameters = arena.allocate(layout.bytes(), 64);
        parameters.copyFrom(start.values());
        this.network = Network.adapted(weights, layout, parameters);
    }

    @Override
    public MemorySegment parameters() {
        return parameters;
    }

    @Override
    public double accumulate(TrainingSample sample, double weight, MemorySegment gradient) {
        int[] tokens = sample.tokens();
        model.requireTokens(tokens);
        if (gradient.byteSize() != layout.bytes()) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    "The gradient has " + gradient.byteSize() + " bytes, but the parameters " + layout.bytes()
                            + ": allocate as many");
        }
        scratch.reset();
        int n = tokens.length;
        model.rowScales().compute(network);
        Tape tape = Tape.record(transformer, network, tokens, scratch);
        Tensor dHidden = scratch.tensor(n, transformer.config().width());
        dHidden.clear();
        double loss = lossAndGradient(sample, tokens, weight, tape.output(), dHidden);
        new BackwardPass(transformer, network, n, gradient, scratch).run(network, tape, dHidden);
        return loss;
    }

    /** The mean loss of the rows that count; adds weight times its gradient to that of the last hidden states. */
    private double lossAndGradient(TrainingSample sample, int[] tokens, double weight, Tensor hidden, Tensor dHidden) {
        int first = sample.from() - 1;
        int count = tokens.length - sample.from();
        int width = transformer.config().width();
        Tensor counted = hidden.rows(first, count);
        Tensor normed = scratch.tensor(count, width);
        transformer.finalNorm(weights, counted, normed);
        Tensor dNormed = scratch.tensor(count, width);
        dNormed.clear();
        Objective objective = objective(sample, tokens, first, count);
        float[] losses = new float[count];
        Tensor logits =
                scratch.tensor(Math.min(count, HEAD_ROWS), transformer.config().vocabulary());
        for (int from = 0; from < count; from += HEAD_ROWS) {
            int rows = Math.min(HEAD_ROWS, count - from);
            Tensor part = logits.rows(0, rows);
            float[] rowWeights = new float[rows];
            Arrays.fill(rowWeights, (float) (weight / count));
            float[] rowLosses = new float[rows];
            transformer.head(weights, normed.rows(from, rows), part);
            objective.apply(from, part, rowWeights, rowLosses);
            kernels.multiplyTransposedAdd(weights.head(), part, 1, dNormed.rows(from, rows));
            System.arraycopy(rowLosses, 0, losses, from, rows);
        }
        kernels.rmsNormBackward(
                counted, weights.finalNorm(), transformer.config().epsilon(), dNormed, dHidden.rows(first, count));
        double sum = 0;
        for (float loss : losses) {
            sum += loss;
        }
        return sum / count;
    }

    /** Turns the logits of some counted rows into their gradient. */
    private interface Objective {
        void apply(int from, Tensor logits, float[] weights, float[] losses);
    }

    private Objective objective(TrainingSample sample, int[] tokens, int first, int count) {
        return switch (sample.objective()) {
            case NEXT_TOKEN ->
                (from, logits, rowWeights, losses) -> {
                    int begin = sample.from() + from;
                    kernels.crossEntropy(
                            logits, Arrays.copyOfRange(tokens, begin, begin + losses.length), rowWeights, losses);
                };
            case KEEP_BASE -> {
                Tensor teacher = teacher(tokens, first, count);
                Tensor teacherLogits = scratch.tensor(
                        Math.min(count, HEAD_ROWS), transformer.config().vocabulary());
                yield (from, logits, rowWeights, losses) -> {
                    Tensor part = teacherLogits.rows(0, losses.length);
                    transformer.head(weights, teacher.rows(from, losses.length), part);
                    kernels.distil(logits, part, rowWeights, losses);
                };
            }
        };
    }

    /** Final-normed hidden states of the base alone over the counted rows (count, width). */
    private Tensor teacher(int[] tokens, int first, int count) {
        ModelConfig config = transformer.config();
        int n = tokens.length;
        Network base = model.baseNetwork();
        Activations at = Activations.reused(scratch, config, n, base);
        int keyValueWidth = config.attention().keyValueWidth();
        KeyValues keyValues = new KeyValues(scratch.tensor(n, keyValueWidth), scratch.tensor(n, keyValueWidth));
        transformer.embed(weights, tokens, at.input());
        for (Network.Block block : base.blocks()) {
            transformer.block(block, 0, keyValues, at);
        }
        Tensor normed = scratch.tensor(count, config.width());
        transformer.finalNorm(weights, at.output().rows(first, count), normed);
        return normed;
    }

    @Override
    public Adapter snapshot() {
        return model.adapterOf(layout.spec(), parameters);
    }

    @Override
    public void close() {
        scratch.close();
        arena.close();
    }
}
