package dev.apprentice.model;

import java.lang.foreign.MemorySegment;

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
    double accumulate(TrainingSample sample, double weight, MemorySegment gradient);

    /** The adapter with the parameters of this moment. */
    Adapter snapshot();

    @Override
    void close();
}
