package dev.apprentice.model;

/**
 * A sample and what it counts for.
 *
 * @param weight of its gradient
 * @param squareWeight of its squared gradient, where squares are wanted
 */
public record WeightedSample(TrainingSample sample, double weight, double squareWeight) {}
