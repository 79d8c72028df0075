package dev.apprentice.llm.internal;

import dev.apprentice.compute.Kernels;
import dev.apprentice.model.TrainingPlan;
import dev.apprentice.model.TrainingSample;
import dev.apprentice.model.WeightedSample;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Forward over pieces of text, losses, and back to all weights. */
final class WeightTrainer implements AutoCloseable {
    private final Kernels kernels;
    private final TrainedWeights weights;
    private final TrainingPlan plan;
    private final TrainingPass pass;

    WeightTrainer(Transformer transformer, TrainedWeights weights, TrainingPlan plan) {
        this.weights = weights;
        this.plan = plan;
        Network network = Network.trained(weights);
        Transformer rounding = transformer.asExactAs(network);
        this.kernels = rounding.kernels();
        this.pass = new TrainingPass(rounding, network, network);
    }

    /**
     * The gradient of the mean loss over all foretold tokens of a batch.
     *
     * @param batch pieces of at least two tokens, no longer than the plan allows a sample to be
     * @param gradient flat, in the layout of the weights; overwritten
     * @return that loss, in nats a token
     */
    double gradient(List<int[]> batch, MemorySegment gradient) {
        double foretold = batch.stream().mapToInt(piece -> piece.length - 1).sum();
        List<WeightedSample> samples = batch.stream()
                .map(piece -> new WeightedSample(
                        new TrainingSample(piece, 1, TrainingSample.Objective.NEXT_TOKEN),
                        (piece.length - 1) / foretold,
                        0))
                .toList();
        gradient.fill((byte) 0);
        double[] losses = pass.run(
                samples,
                plan,
                (packing, scratch) -> new GradientSink.Sum(kernels, gradient),
                new EndGradients.Trained(kernels, weights, gradient));
        double loss = 0;
        for (int i = 0; i < losses.length; i++) {
            loss += samples.get(i).weight() * losses[i];
        }
        return loss;
    }

    @Override
    public void close() {
        pass.close();
    }
}
