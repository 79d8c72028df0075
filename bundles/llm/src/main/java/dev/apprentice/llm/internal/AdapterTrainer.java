package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.GradientSums;
import dev.apprentice.model.ModelException;
import dev.apprentice.model.Trainer;
import dev.apprentice.model.TrainingBudget;
import dev.apprentice.model.TrainingPlan;
import dev.apprentice.model.TrainingSample.Objective;
import dev.apprentice.model.WeightedSample;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Forward over samples, losses, and back through the frozen base to the adapter. */
final class AdapterTrainer implements Trainer {
    private final LlamaModel model;
    private final Transformer transformer;
    private final Weights weights;
    private final Network network;
    private final AdapterLayout layout;
    private final PassMemory memory;
    private final TrainingBudget budget;
    private final Arena arena = Arena.ofShared();
    private final Scratch scratch = new Scratch();
    private final Scratch ofBlock = new Scratch();
    private final MemorySegment parameters;
    private TrainingPlan plan;

    @SuppressWarnings("MustBeClosedChecker") // close() does
    AdapterTrainer(LlamaModel model, Adapter start, TrainingBudget budget) {
        this.model = model;
        this.transformer = model.transformer();
        this.weights = model.weights();
        this.layout = model.layout(start);
        this.budget = budget;
        this.memory = new PassMemory(transformer.config(), layout);
        this.plan = memory.plan(
                budget, Math.min(budget.longestSample(), transformer.config().context()));
        this.parameters = arena.allocate(layout.bytes(), 64);
        parameters.copyFrom(start.values());
        this.network = Network.adapted(weights, layout, parameters);
    }

    @Override
    public MemorySegment parameters() {
        return parameters;
    }

    @Override
    public TrainingPlan plan() {
        return plan;
    }

    @Override
    public double[] accumulate(List<WeightedSample> samples, GradientSums sums) {
        requireLength(sums.gradient());
        if (sums.squares() != null) {
            requireLength(sums.squares());
        }
        int longest = 2;
        for (WeightedSample weighted : samples) {
            int[] tokens = weighted.sample().tokens();
            model.requireTokens(tokens);
            longest = Math.max(longest, tokens.length);
        }
        if (longest > plan.tokensPerPass()) {
            plan = memory.plan(budget, longest);
        }
        model.rowScales().compute(network);
        double[] losses = new double[samples.size()];
        for (int from = 0; from < samples.size(); ) {
            int to = endOfPass(samples, from);
            double[] part = pass(Packing.of(samples.subList(from, to)), sums);
            System.arraycopy(part, 0, losses, from, part.length);
            from = to;
        }
        return losses;
    }

    private void requireLength(MemorySegment gradient) {
        if (gradient.byteSize() != layout.bytes()) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    "The gradient has " + gradient.byteSize() + " bytes, but the parameters " + layout.bytes()
                            + ": allocate as many");
        }
    }

    private int endOfPass(List<WeightedSample> samples, int from) {
        int tokens = 0;
        int to = from;
        while (to < samples.size()) {
            tokens += samples.get(to).sample().tokens().length;
            if (to > from && tokens > plan.tokensPerPass()) {
                break;
            }
            to++;
        }
        return to;
    }

    /** One pass there and back. */
    private double[] pass(Packing packing, GradientSums sums) {
        scratch.reset();
        GradientSink sink = GradientSink.of(transformer.kernels(), packing, sums, scratch, layout.largestPart());
        Tape tape = Tape.record(transformer, network, packing, plan.activations(), scratch, ofBlock);
        Tensor dHidden =
                scratch.tensor(packing.tokens().length, transformer.config().width());
        dHidden.clear();
        double[] losses = new double[packing.spans().size()];
        for (Objective objective : Objective.values()) {
            List<Packing.Span> spans = LossRows.of(packing, objective);
            if (!spans.isEmpty()) {
                double[] own = new double[spans.size()];
                new LossRows(transformer, weights, spans, plan.headRows())
                        .run(tape.output(), teacher(objective, spans), sink, dHidden, own, scratch);
                for (int i = 0; i < own.length; i++) {
                    losses[packing.spans().indexOf(spans.get(i))] = own[i];
                }
            }
        }
        new BackwardPass(transformer, network, packing, sink, scratch).run(network, tape, dHidden);
        return losses;
    }

    /** What the base alone makes of the spans, where it is the teacher. */
    private LossRows.@Nullable Teacher teacher(Objective objective, List<Packing.Span> spans) {
        return switch (objective) {
            case NEXT_TOKEN -> null;
            case KEEP_BASE -> {
                Packing packing =
                        Packing.of(spans.stream().map(Packing.Span::weighted).toList());
                ModelConfig config = transformer.config();
                int n = packing.tokens().length;
                int keyValueWidth = config.attention().keyValueWidth();
                Network base = model.baseNetwork();
                ofBlock.reset();
                Activations at = Activations.reused(ofBlock, config, n, base);
                KeyValues keyValues = new KeyValues(ofBlock.tensor(n, keyValueWidth), ofBlock.tensor(n, keyValueWidth));
                transformer.embed(weights, packing.tokens(), at.input());
                for (Network.Block block : base.blocks()) {
                    transformer.block(block, packing.past(transformer, keyValues), at);
                }
                yield new LossRows.Teacher(packing.spans(), at.output());
            }
        };
    }

    /** Bytes of the buffers of the largest pass so far. */
    long heldBytes() {
        return scratch.bytes() + ofBlock.bytes() + layout.bytes();
    }

    @Override
    public Adapter snapshot() {
        return model.adapterOf(layout.spec(), parameters);
    }

    @Override
    public void close() {
        scratch.close();
        ofBlock.close();
        arena.close();
    }
}
