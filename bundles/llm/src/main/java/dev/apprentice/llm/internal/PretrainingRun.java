package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.llm.internal.corpus.Windows;
import dev.apprentice.model.Pretraining;
import dev.apprentice.model.Scores;
import dev.apprentice.model.TrainingPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** The steps of a run: gradient, optimiser, and now and then a checkpoint and a look at the held-out text. */
final class PretrainingRun {
    /** More would tell a difference hardly better, and cost more than it tells. */
    private static final int MOST_HELD_OUT_TOKENS = 32_768;

    private final Pretraining.Request request;
    private final PretrainingFolder folder;
    private final PretrainingFolder.Tokens tokens;
    private final Windows windows;
    private final TrainedModel trained;
    private final TrainingPlan plan;
    private final Pretraining.Listener listener;
    private final LearningRate learningRate;
    private final List<int[]> heldOut;
    private final LlamaModel model;
    private final List<Pretraining.Measurement> measurements = new ArrayList<>();
    private double lossSum; // since the last measurement
    private int lossSteps;
    private double seconds; // of training, in this part

    PretrainingRun(
            Pretraining.Request request,
            PretrainingFolder folder,
            PretrainingFolder.Tokens tokens,
            Windows windows,
            ByteLevelTokenizer tokenizer,
            TrainedModel trained,
            TrainingPlan plan,
            Pretraining.Listener listener) {
        Pretraining.Course course = request.course();
        Pretraining.Recipe recipe = request.recipe();
        this.request = request;
        this.folder = folder;
        this.tokens = tokens;
        this.windows = windows;
        this.trained = trained;
        this.plan = plan;
        this.listener = listener;
        this.learningRate = new LearningRate(recipe.learningRate(), recipe.warmUp(), course.steps(), recipe.schedule());
        this.heldOut = Windows.spread(tokens.heldOut(), course.length(), MOST_HELD_OUT_TOKENS);
        this.model = LlamaModel.of(
                "pretraining",
                "sha256:pretraining",
                trained.config(),
                trained.weights().weights(),
                tokenizer,
                trained.kernels(),
                new GenerationSettings(DataType.F32, 0));
    }

    /** Goes on after some steps to the last. */
    Pretraining.Report train(int from) {
        int steps = request.course().steps();
        measure(from, from);
        for (int done = from + 1; done <= steps; done++) {
            step(done, from);
            if (done % request.upkeep().saveEvery() == 0 || done == steps) {
                folder.save(done, trained);
            }
            if (done % request.upkeep().measureEvery() == 0 || done == steps) {
                measure(done, from);
            }
        }
        return new Pretraining.Report(
                folder.folder().toString(),
                trained.weights().layout().bytes() / Float.BYTES,
                from,
                steps,
                tokens.training().size(),
                tokens.heldOut().size(),
                tokensPerSecond(steps - from),
                plan.text(),
                measurements);
    }

    private void step(int done, int from) {
        long start = System.nanoTime();
        List<int[]> batch = windows.batch(done - 1, request.course().batch());
        double loss = trained.step(batch, learningRate.at(done - 1), done - 1);
        seconds += 1e-9 * (System.nanoTime() - start);
        lossSum += loss;
        lossSteps++;
        int taken = done - from;
        int left = request.course().steps() - done;
        listener.trained(new Pretraining.Step(
                done, request.course().steps(), loss, tokensPerSecond(taken), seconds / taken * left));
    }

    private double tokensPerSecond(int steps) {
        long perStep = (long) request.course().batch() * request.course().length();
        return steps == 0 ? 0 : perStep * steps / seconds;
    }

    private void measure(int done, int from) {
        double nats = 0;
        long hits = 0;
        long foretold = 0;
        for (int i = 0; i < heldOut.size(); i++) {
            listener.update("Measuring on held-out text", i, heldOut.size());
            Scores scores = model.score(heldOut.get(i), 1, null);
            foretold += scores.nats().length;
            nats += scores.totalNats();
            hits += scores.hitCount();
        }
        Pretraining.Measurement measurement = new Pretraining.Measurement(
                done,
                nats / foretold,
                (double) hits / foretold,
                lossSteps == 0 ? OptionalDouble.empty() : OptionalDouble.of(lossSum / lossSteps),
                tokensPerSecond(done - from));
        lossSum = 0;
        lossSteps = 0;
        measurements.add(measurement);
        listener.measured(measurement);
    }
}
