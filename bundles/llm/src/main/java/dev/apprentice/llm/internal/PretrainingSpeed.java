package dev.apprentice.llm.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.LearningAlgebra;
import dev.apprentice.model.Pretraining;
import dev.apprentice.model.TrainingBudget;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Measures whole steps of training all weights: forward, backward, AdamW. */
final class PretrainingSpeed {
    private static final int BATCH = 8;
    private static final double LEARNING_RATE = 1e-4;
    private static final double DECAY = 0.1;

    private PretrainingSpeed() {}

    /** Tokens a second of the fastest of so many steps with pieces of a length. */
    static double best(ModelConfig config, int length, int steps, Kernels kernels, LearningAlgebra algebra) {
        TrainingBudget budget = TrainingBudget.DEFAULT.forSamplesOf(length);
        try (TrainedModel model =
                new TrainedModel(config, Pretraining.Optimiser.ADAMW, DECAY, budget, kernels, algebra)) {
            FreshWeights.fill(model.weights(), 1, kernels);
            double best = 0;
            for (int step = 0; step < steps; step++) {
                List<int[]> batch = batch(step, length, config.vocabulary());
                long start = System.nanoTime();
                model.step(batch, LEARNING_RATE, step);
                best = Math.max(best, BATCH * length * 1e9 / (System.nanoTime() - start));
            }
            return best;
        }
    }

    private static List<int[]> batch(int step, int length, int vocabulary) {
        SplittableRandom random = new SplittableRandom(step);
        return Stream.generate(() -> random.ints(length, 0, vocabulary).toArray())
                .limit(BATCH)
                .toList();
    }
}
