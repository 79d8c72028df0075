package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.LearningAlgebra;
import dev.apprentice.model.ModelException;
import dev.apprentice.model.Pretraining;
import dev.apprentice.model.TrainingBudget;
import dev.apprentice.model.TrainingPlan;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A model all of whose weights are trained, and all that its steps need, in memory until it is closed. One thread at a time. */
final class TrainedModel implements AutoCloseable {
    /** How the matrices are multiplied; their values are kept in float32. */
    static final DataType HELD = DataType.BF16;

    /** Gradients that are longer are cut to this length (arXiv 1211.5063). */
    private static final double LONGEST_GRADIENT = 1;

    private final Arena arena = Arena.ofShared();
    private final Kernels kernels;
    private final LearningAlgebra algebra;
    private final Transformer transformer;
    private final TrainedWeights weights;
    private final WeightOptimiser optimiser;
    private final WeightTrainer trainer;
    private final MemorySegment gradient;

    /**
     * Weights of zero, to be filled.
     *
     * @param budget of a pass, whose longest sample is the longest piece of text
     * @param decay share of a matrix that a learning rate of 1 would take away in one step
     * @throws ModelException if the memory does not do
     */
    @SuppressWarnings("MustBeClosedChecker") // close() does
    TrainedModel(
            ModelConfig config,
            Pretraining.Optimiser optimiser,
            double decay,
            TrainingBudget budget,
            Kernels kernels,
            LearningAlgebra algebra) {
        MemoryNeed.requireForTraining(bytes(config, optimiser, plan(config, budget)));
        this.kernels = kernels;
        this.algebra = algebra;
        this.transformer = new Transformer(config, kernels, new RotaryTables(config));
        this.weights = TrainedWeights.allocate(config, HELD, arena);
        this.optimiser = WeightOptimiser.of(optimiser, weights, decay, kernels, algebra, arena);
        this.trainer = new WeightTrainer(transformer, weights, plan(config, budget));
        this.gradient = arena.allocate(weights.layout().bytes(), 64);
    }

    /** How passes keep to a budget. */
    static TrainingPlan plan(ModelConfig config, TrainingBudget budget) {
        return PassMemory.ofAllWeights(config).plan(budget, budget.longestSample());
    }

    /** Bytes of values, gradient, optimiser, the copies that are multiplied with, and of a pass. */
    private static long bytes(ModelConfig config, Pretraining.Optimiser optimiser, TrainingPlan plan) {
        ParameterLayout layout = new ParameterLayout(config);
        return 2 * layout.bytes() + WeightOptimiser.bytes(optimiser, layout) + layout.matrixBytes() / 2 + plan.bytes();
    }

    Kernels kernels() {
        return kernels;
    }

    ModelConfig config() {
        return transformer.config();
    }

    TrainedWeights weights() {
        return weights;
    }

    WeightOptimiser optimiser() {
        return optimiser;
    }

    /**
     * Gradient of a batch, and the optimiser's step.
     *
     * @param before number of steps taken before
     * @return the loss of the batch in nats a token, before the step
     * @throws ModelException if training has diverged
     */
    double step(List<int[]> batch, double learningRate, int before) {
        double loss = trainer.gradient(batch, gradient);
        double norm = algebra.norm(gradient);
        if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
            throw new ModelException(
                    ModelException.Code.BAD_REQUEST,
                    "Step " + (before + 1) + " has diverged: its loss is " + loss + " and the length of its gradient "
                            + norm + ". Begin anew in another folder with a lower learning rate or a longer warm-up");
        }
        if (norm > LONGEST_GRADIENT) {
            algebra.scale(gradient, LONGEST_GRADIENT / norm);
        }
        optimiser.apply(gradient, learningRate, before);
        weights.round(kernels);
        return loss;
    }

    @Override
    public void close() {
        trainer.close();
        arena.close();
    }
}
