package dev.apprentice.model;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** Gradients of an adapter over the frozen base. Used by one thread at a time. */
public interface Trainer extends AutoCloseable {

    /** Trained values, flat as in {@link Adapter#values()}; whoever learns writes here between samples. */
    MemorySegment parameters();

    /**
     * Runs one sample forward and backward and adds weight · ∂loss/∂parameters to the gradient.
     *
     * @param gradient as long as {@link #parameters()}
     * @return the loss in nats per token, before weighting
     */
    default double accumulate(TrainingSample sample, double weight, MemorySegment gradient) {
        return accumulate(List.of(new WeightedSample(sample, weight, 0)), new GradientSums(gradient, null))[0];
    }

    /**
     * Runs samples forward and backward, in as few passes as the plan allows, and adds up their gradients. Samples that share a pass do
     * not see each other.
     *
     * @param sums as long as {@link #parameters()}
     * @return the loss of each sample in nats per token, before weighting
     * @throws ModelException if a sample does not fit the budget; the message says how much is missing
     */
    double[] accumulate(List<WeightedSample> samples, GradientSums sums);

    /** What it does to keep to its budget. */
    TrainingPlan plan();

    /** The adapter with the parameters of this moment. */
    Adapter snapshot();

    @Override
    void close();
}
