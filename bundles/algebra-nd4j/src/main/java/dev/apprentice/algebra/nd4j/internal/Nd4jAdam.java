package dev.apprentice.algebra.nd4j.internal;

import dev.apprentice.compute.LearningAlgebra;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.AdamUpdater;
import org.nd4j.linalg.learning.config.Adam;

/**
 * ND4J's Adam with its moments in memory of ours: first all of m, then all of v.
 *
 * <p>It is the reordered form of arXiv 1412.6980, section 2: learningRate · √(1−β₂ᵗ)/(1−β₁ᵗ) · m / (√v + epsilon).
 */
final class Nd4jAdam implements LearningAlgebra.Optimiser {
    private final LearningAlgebra.AdamSettings settings;
    private final MemorySegment state; // (2, n)

    Nd4jAdam(LearningAlgebra.AdamSettings settings, MemorySegment state) {
        if (Vectors.length(state) % 2 != 0) {
            throw new AlgebraException(
                    AlgebraException.Code.VECTOR,
                    "Adam's state has " + Vectors.length(state)
                            + " floats: pass twice as many as there are parameters");
        }
        this.settings = settings;
        this.state = state;
    }

    @Override
    public void apply(MemorySegment parameters, MemorySegment gradient, double learningRate, int step) {
        long length = Vectors.length(parameters, gradient, state.asSlice(0, state.byteSize() / 2));
        Vectors.requireWritable(state);
        INDArray update = Vectors.target(gradient);
        // the updater is a few fields over the state, so a new one each step leaves nothing that could dangle
        AdamUpdater updater =
                new AdamUpdater(new Adam(learningRate, settings.beta1(), settings.beta2(), settings.epsilon()));
        updater.setStateViewArray(Vectors.over(state, 1, 2 * length), new long[] {length}, 'c', false);
        updater.applyUpdater(update, step, 0);
        Nd4j.getBlasWrapper().axpy(-1.0, update, Vectors.target(parameters));
        Reference.reachabilityFence(state);
        Reference.reachabilityFence(gradient);
        Reference.reachabilityFence(parameters);
    }
}
