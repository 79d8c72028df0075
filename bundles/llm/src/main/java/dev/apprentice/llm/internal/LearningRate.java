package dev.apprentice.llm.internal;

import dev.apprentice.model.Pretraining;

/**
 * The learning rate of each step: it rises evenly to its peak, and falls to zero with the last step.
 *
 * @param warmUp steps to the peak
 */
record LearningRate(double peak, int warmUp, int steps, Pretraining.Schedule schedule) {
    /** @param step number of steps taken before */
    double at(int step) {
        if (step < warmUp) {
            return peak * (step + 1) / warmUp;
        }
        double done = (double) (step - warmUp) / Math.max(1, steps - warmUp);
        return peak
                * switch (schedule) {
                    case LINEAR -> 1 - done;
                    case COSINE -> (1 + Math.cos(Math.PI * done)) / 2;
                };
    }
}
