package dev.apprentice.management.internal;

import dev.apprentice.http.EventStream;
import dev.apprentice.http.Exchange;
import dev.apprentice.http.HttpException;
import dev.apprentice.http.Routes;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.management.LiveWork;
import dev.apprentice.management.Problems;
import dev.apprentice.management.ThrottledProgress;
import dev.apprentice.model.Pretraining;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Trains small models, as long work: events {@code progress} and {@code measured}, then the result. */
final class PretrainingApi {
    private final Pretraining pretraining;

    PretrainingApi(Pretraining pretraining) {
        this.pretraining = pretraining;
    }

    void contribute(Routes routes) {
        routes.post("/api/pretrain", Access.API, Problems.told(this::run));
    }

    private void run(Exchange exchange) {
        Pretraining.Request request = exchange.json(Wanted.class).request();
        EventStream events = exchange.events();
        LiveWork.run(
                events,
                "Training in " + request.target(),
                () -> pretraining.run(request, new Told(events, new ThrottledProgress(events))));
    }

    private record Told(EventStream events, ThrottledProgress progress) implements Pretraining.Listener {
        @Override
        public void update(String stage, long done, long total) {
            progress.update(stage, done, total);
        }

        @Override
        public void trained(Pretraining.Step step) {
            Duration left = Duration.ofSeconds(Math.round(step.secondsLeft()));
            String detail = String.format(
                    Locale.ROOT,
                    "loss %.3f, %,.0f tokens/s, %d:%02d:%02d left",
                    step.loss(),
                    step.tokensPerSecond(),
                    left.toHours(),
                    left.toMinutesPart(),
                    left.toSecondsPart());
            progress.update("Training", step.done(), step.steps(), detail);
        }

        @Override
        public void measured(Pretraining.Measurement measurement) {
            events.send("measured", measurement);
        }
    }

    /** What is not given has the value that suits a model of some ten million parameters. */
    private record Wanted(
            @Nullable String corpus,
            @Nullable String target,
            @Nullable String from,
            @Nullable String shape,
            @Nullable Integer steps,
            @Nullable Integer batch,
            @Nullable Integer length,
            @Nullable Long seed,
            @Nullable String optimiser,
            @Nullable Double learningRate,
            @Nullable Double decay,
            @Nullable Integer warmUp,
            @Nullable String schedule,
            @Nullable Double heldOut,
            @Nullable Double fillInTheMiddle,
            @Nullable Integer memory,
            @Nullable Integer saveEvery,
            @Nullable Integer measureEvery) {

        Pretraining.Request request() {
            if (steps == null) {
                throw new HttpException(400, "bad_request", "steps must say how long to train: add it");
            }
            return new Pretraining.Request(
                    start(),
                    new Pretraining.Text(
                            LocalPaths.absolute("corpus", corpus), or(heldOut, 0.01), or(fillInTheMiddle, 0.0)),
                    new Pretraining.Course(steps, or(batch, 16), or(length, 512), or(seed, 1L)),
                    recipe(steps),
                    new Pretraining.Upkeep(
                            (long) or(memory, 2048) << 20,
                            or(saveEvery, 200),
                            or(measureEvery, Math.max(1, steps / 20))),
                    LocalPaths.absolute("target", target));
        }

        private Pretraining.Start start() {
            if (from != null && shape != null) {
                throw new HttpException(
                        400, "bad_request", "from and shape exclude each other: go on from a model or begin a new one");
            }
            if (from != null) {
                return new Pretraining.Start.Model(LocalPaths.absolute("from", from));
            }
            return shape == null ? new Pretraining.Start.Embedded() : Pretraining.Start.Fresh.parse(shape);
        }

        private Pretraining.Recipe recipe(int ofSteps) {
            Pretraining.Optimiser kind = Pretraining.Optimiser.parse(or(optimiser, "muon"));
            return new Pretraining.Recipe(
                    kind,
                    or(learningRate, kind.learningRate()),
                    or(decay, 0.1),
                    or(warmUp, ofSteps / 20),
                    Pretraining.Schedule.parse(or(schedule, "linear")));
        }

        private static <T> T or(@Nullable T given, T otherwise) {
            return given == null ? otherwise : given;
        }
    }
}
