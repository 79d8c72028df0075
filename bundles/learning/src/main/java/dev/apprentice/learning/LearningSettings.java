package dev.apprentice.learning;

/**
 * How a skill learns; a skill's descriptor may override any of it.
 *
 * @param bufferSize experiences kept for replay
 * @param experiencesPerCycle new experiences taken in by a cycle
 * @param replayPerCycle older experiences replayed by a cycle
 * @param rehearsalPerCycle general texts per cycle on which the base's own predictions are kept
 * @param readingPerCycle texts that the model reads in a cycle for recall by its states in them
 * @param sequenceLength tokens of the longest sample
 * @param stepsPerCycle optimiser steps per cycle, among which its batch is dealt out
 * @param learningRate of Adam
 * @param rehearsalWeight weight of rehearsal beside the mean loss of experiences
 * @param importanceStrength λ of the EWC penalty
 * @param importanceDecay γ of online EWC (arXiv 1805.06370)
 * @param averaging decay of the exponential moving average of parameters that is served (arXiv 2511.22367); 0 serves the latest
 * @param gateTolerance by how much the mean nats of a task type may rise in a cycle, as a fraction
 * @param recall how much what was read counts beside the model: 1 as calibrated, 0 not at all
 */
public record LearningSettings(
        int bufferSize,
        int experiencesPerCycle,
        int replayPerCycle,
        int rehearsalPerCycle,
        int readingPerCycle,
        int sequenceLength,
        int stepsPerCycle,
        double learningRate,
        double rehearsalWeight,
        double importanceStrength,
        double importanceDecay,
        double averaging,
        double gateTolerance,
        double recall) {

    public static final LearningSettings DEFAULT =
            new LearningSettings(8192, 8, 2, 4, 48, 256, 2, 1.5e-3, 4.0, 5e-4, 0.9, 0.9, 0.01, 1);
}
