package dev.apprentice.llm.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.GradientSums;
import dev.apprentice.model.ModelException;
import dev.apprentice.model.Trainer;
import dev.apprentice.model.TrainingBudget;
import dev.apprentice.model.TrainingPlan;
import dev.apprentice.model.WeightedSample;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Forward over samples, losses, and back through the frozen base to the adapter. */
final class AdapterTrainer implements Trainer {
    private final LlamaModel model;
    private final Kernels kernels;
    private final Network network;
    private final AdapterLayout layout;
    private final PassMemory memory;
    private final TrainingBudget budget;
    private final Arena arena = Arena.ofShared();
    private final TrainingPass pass;
    private final MemorySegment parameters;
    private TrainingPlan plan;

    @SuppressWarnings("MustBeClosedChecker") // close() does
    AdapterTrainer(LlamaModel model, Adapter start, TrainingBudget budget) {
        this.model = model;
        ModelConfig config = model.transformer().config();
        this.layout = model.layout(start);
        this.budget = budget;
        this.memory = PassMemory.ofAdapter(config, layout);
        this.plan = memory.plan(budget, Math.min(budget.longestSample(), config.context()));
        this.parameters = arena.allocate(layout.bytes(), 64);
        parameters.copyFrom(start.values());
        this.network = Network.adapted(model.weights(), layout, parameters);
        Transformer transformer = model.transformer().asExactAs(network);
        this.kernels = transformer.kernels();
        this.pass = new TrainingPass(transformer, network, model.baseNetwork());
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
        return pass.run(
                samples,
                plan,
                (packing, scratch) -> GradientSink.of(kernels, packing, sums, scratch, layout.largestPart()),
                EndGradients.FROZEN);
    }

    private void requireLength(MemorySegment gradient) {
        if (gradient.byteSize() != layout.bytes()) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    "The gradient has " + gradient.byteSize() + " bytes, but the parameters " + layout.bytes()
                            + ": allocate as many");
        }
    }

    /** Bytes of the buffers of the largest pass so far. */
    long heldBytes() {
        return pass.heldBytes() + layout.bytes();
    }

    @Override
    public Adapter snapshot() {
        return model.adapterOf(layout.spec(), parameters);
    }

    @Override
    public void close() {
        pass.close();
        arena.close();
    }
}
