package dev.apprentice.learning.internal;

import dev.apprentice.compute.LearningAlgebra;
import dev.apprentice.learning.LearningSettings;
import dev.apprentice.learning.Progress;
import dev.apprentice.model.GradientSums;
import dev.apprentice.model.Trainer;
import dev.apprentice.model.TrainingSample;
import dev.apprentice.model.WeightedSample;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The optimisation of one cycle: Adam on the weighted mean of experiences, rehearsal and the EWC penalty.
 *
 * <p>The importance is that of online EWC (arXiv 1805.06370), F ← γF + F_new, where F_new is the mean of the squared gradients of
 * single experiences, not the square of their mean. Rehearsal does not count in it: its loss is the divergence from the base, whose
 * gradient near the base says nothing of how sure the base is. Gradients of a language model are small, and so F; the penalty
 * divides F by its mean, so that λ means the same for every adapter.
 */
final class Training {
    private static final double LARGEST_NORM = 1; // of the gradient

    /** A life of some hundred steps is too short for the usual β₂ of 0.999. */
    private static final LearningAlgebra.AdamSettings ADAM = new LearningAlgebra.AdamSettings(0.9, 0.99, 1e-8);

    private final LearningAlgebra algebra;
    private final LearningSettings settings;

    Training(LearningAlgebra algebra, LearningSettings settings) {
        this.algebra = algebra;
        this.settings = settings;
    }

    /**
     * What training gave.
     *
     * @param meanLoss nats per token of the experiences
     * @param losses of each experience of the batch, before the step that it took part in
     * @param steps Adam steps taken in all
     * @param tokensPerSecond of all samples, forward and back
     */
    record Result(double meanLoss, double[] losses, int steps, double tokensPerSecond) {}

    /** Changes the vectors in place: parameters, moments, importance and, at the end, what is served. */
    Result run(Batch batch, LearnedVectors vectors, Trainer trainer, int cycle, Progress progress) {
        trainer.parameters().copyFrom(vectors.parameters());
        LearningAlgebra.Optimiser adam = algebra.adam(ADAM, vectors.moments());
        double[] losses = new double[batch.experiences().size()];
        int step = batch.position().step();
        long began = System.nanoTime();
        long tokens = 0;
        try (Arena arena = Arena.ofShared()) {
            long bytes = vectors.parameters().byteSize();
            MemorySegment gradient = arena.allocate(bytes, 64);
            MemorySegment fisher = arena.allocate(bytes, 64);
            int steps = Math.min(settings.stepsPerCycle(), losses.length);
            for (int i = 0; i < steps; i++, step++) {
                progress.update("train", i, steps);
                gradient.fill((byte) 0);
                List<WeightedSample> samples = samples(batch, i, steps);
                double[] found = trainer.accumulate(samples, new GradientSums(gradient, fisher));
                tokens += samples.stream()
                        .mapToLong(weighted -> weighted.sample().tokens().length)
                        .sum();
                for (int j = i; j < losses.length; j += steps) {
                    losses[j] = found[j / steps];
                }
                addPenalty(gradient, vectors, trainer.parameters());
                clip(gradient);
                adam.apply(trainer.parameters(), gradient, settings.learningRate(), step);
            }
            progress.update("train", steps, steps);
            algebra.scale(vectors.importance(), settings.importanceDecay());
            algebra.addScaled(vectors.importance(), 1, fisher);
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        vectors.parameters().copyFrom(trainer.parameters());
        average(vectors, cycle);
        return new Result(Arrays.stream(losses).average().orElse(0), losses, step, tokens / seconds);
    }

    /** What one of several steps learns from: every {@code steps}-th experience from the given one on, and as much of the rehearsal. */
    private List<WeightedSample> samples(Batch batch, int first, int steps) {
        List<Batch.Item> items = every(batch.experiences(), first, steps);
        List<TrainingSample> texts = every(batch.rehearsal(), first, steps);
        double sum = items.stream().mapToDouble(Batch.Item::weight).sum();
        List<WeightedSample> samples = new ArrayList<>();
        for (Batch.Item item : items) {
            double squareWeight = 1.0 / batch.experiences().size();
            samples.add(new WeightedSample(item.sample(), item.weight() / sum, squareWeight));
        }
        for (TrainingSample text : texts) {
            samples.add(new WeightedSample(text, settings.rehearsalWeight() / texts.size(), 0));
        }
        return samples;
    }

    private static <T> List<T> every(List<T> all, int first, int steps) {
        List<T> some = new ArrayList<>();
        for (int i = first; i < all.size(); i += steps) {
            some.add(all.get(i));
        }
        return some;
    }

    private void addPenalty(MemorySegment gradient, LearnedVectors vectors, MemorySegment parameters) {
        double mean = mean(vectors.importance());
        if (settings.importanceStrength() > 0 && mean > 0) {
            double strength = settings.importanceStrength() / mean;
            algebra.addImportancePenalty(gradient, strength, vectors.importance(), parameters, vectors.served());
        }
    }

    private void clip(MemorySegment gradient) {
        double norm = algebra.norm(gradient);
        if (norm > LARGEST_NORM) {
            algebra.scale(gradient, LARGEST_NORM / norm);
        }
    }

    /**
     * served ← (1−r)·served + r·parameters with r = (1−β)/(1−βᵗ): the exponential moving average with the bias correction of
     * arXiv 1412.6980 folded in, so that the first cycles are served at once.
     */
    private void average(LearnedVectors vectors, int cycle) {
        double beta = settings.averaging();
        double rate = (1 - beta) / (1 - Math.pow(beta, cycle));
        algebra.scale(vectors.served(), 1 - rate);
        algebra.addScaled(vectors.served(), rate, vectors.parameters());
    }

    private static double mean(MemorySegment vector) {
        long count = vector.byteSize() / Float.BYTES;
        double sum = 0;
        for (long i = 0; i < count; i++) {
            sum += vector.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        }
        return sum / count;
    }
}
