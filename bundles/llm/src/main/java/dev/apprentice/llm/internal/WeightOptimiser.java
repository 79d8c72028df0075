package dev.apprentice.llm.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.LearningAlgebra;
import dev.apprentice.model.Pretraining;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One step of all weights after another, with weight decay of the matrices that is no part of the gradient (arXiv 1711.05101).
 *
 * <p>All that it remembers between steps is in {@link #state()}.
 */
sealed interface WeightOptimiser {
    /** As the embedded model was trained. */
    LearningAlgebra.AdamSettings ADAM = new LearningAlgebra.AdamSettings(0.9, 0.97, 1e-8);

    /** Float32 values that a run must keep to go on as if it had not stopped. */
    MemorySegment state();

    /**
     * Changes the values.
     *
     * @param gradient as long as the values; overwritten
     * @param step number of steps taken before this one
     */
    void apply(MemorySegment gradient, double learningRate, int step);

    /** @param decay share of a matrix that a learning rate of 1 would take away in one step */
    static WeightOptimiser of(
            Pretraining.Optimiser kind,
            TrainedWeights weights,
            double decay,
            Kernels kernels,
            LearningAlgebra algebra,
            Arena arena) {
        MemorySegment state = arena.allocate(stateBytes(kind, weights.layout()), 64);
        return switch (kind) {
            case ADAMW -> new AdamW(algebra, weights, decay, state, algebra.adam(ADAM, state));
            case MUON -> {
                long momentum = weights.layout().blockBytes();
                yield new MuonAndAdamW(
                        algebra,
                        weights,
                        decay,
                        state,
                        new Muon(kernels, algebra, weights.layout().ofBlocks(), arena),
                        algebra.adam(ADAM, state.asSlice(momentum)));
            }
        };
    }

    /** Bytes of its state and of the memory that it works in. */
    static long bytes(Pretraining.Optimiser kind, ParameterLayout layout) {
        return stateBytes(kind, layout)
                + switch (kind) {
                    case ADAMW -> 0;
                    case MUON -> Muon.workBytes(layout.ofBlocks());
                };
    }

    private static long stateBytes(Pretraining.Optimiser kind, ParameterLayout layout) {
        return switch (kind) {
            case ADAMW -> 2 * layout.bytes();
            case MUON -> layout.blockBytes() + 2 * (layout.bytes() - layout.blockBytes());
        };
    }

    /** AdamW for everything; state (2, parameters). */
    record AdamW(
            LearningAlgebra algebra,
            TrainedWeights weights,
            double decay,
            MemorySegment state,
            LearningAlgebra.Optimiser adam)
            implements WeightOptimiser {
        @Override
        public void apply(MemorySegment gradient, double learningRate, int step) {
            MemorySegment matrices =
                    weights.values().asSlice(0, weights.layout().matrixBytes());
            algebra.scale(matrices, 1 - learningRate * decay);
            adam.apply(weights.values(), gradient, learningRate, step);
        }
    }

    /** Muon for the matrices of the blocks, AdamW for the others; state: momentum of those, then two moments of these. */
    record MuonAndAdamW(
            LearningAlgebra algebra,
            TrainedWeights weights,
            double decay,
            MemorySegment state,
            Muon muon,
            LearningAlgebra.Optimiser adam)
            implements WeightOptimiser {
        /** Adam's learning rate for each of Muon's, which counts in steps of another size. */
        private static final double ADAM_SHARE = 0.2;

        @Override
        public void apply(MemorySegment gradient, double learningRate, int step) {
            long border = weights.layout().blockBytes();
            algebra.scale(weights.values().asSlice(0, border), 1 - learningRate * decay);
            muon.apply(weights.values(), gradient, state, learningRate);
            adam.apply(weights.values().asSlice(border), gradient.asSlice(border), ADAM_SHARE * learningRate, step);
        }
    }
}
