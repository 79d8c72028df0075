package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.DataType;
import dev.apprentice.model.GenerationRequest;
import dev.apprentice.model.ModelException;
import dev.apprentice.model.Pretraining;
import dev.apprentice.model.Pretraining.Course;
import dev.apprentice.model.Pretraining.Measurement;
import dev.apprentice.model.Pretraining.Optimiser;
import dev.apprentice.model.Pretraining.Recipe;
import dev.apprentice.model.Pretraining.Report;
import dev.apprentice.model.Pretraining.Request;
import dev.apprentice.model.Pretraining.Schedule;
import dev.apprentice.model.Pretraining.Start;
import dev.apprentice.model.Pretraining.Upkeep;
import dev.apprentice.model.Sampling;
import dev.apprentice.model.Scores;
import dev.apprentice.model.TrainingBudget;
import dev.apprentice.testkit.PlainAlgebra;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PretrainerTest {
    private static final Start SMALL = new Start.Fresh(64, 2);
    private static final int STEPS = 8;

    @TempDir
    private Path folder;

    private Path corpus;

    @BeforeEach
    void writeCorpus() throws IOException {
        corpus = Files.createDirectories(folder.resolve("corpus"));
        for (int i = 0; i < 12; i++) {
            Path file = corpus.resolve("package" + i % 3).resolve("Counter" + i + ".java");
            Files.createDirectories(file.getParent());
            Files.writeString(file, """
                package p%d;

                /** Counts up to %d. */
                final class Counter%d {
                    private int count = %d;

                    int next() {
                        count = count + 1;
                        return count;
                    }
                }
                """.formatted(i % 3, 100 * i, i, i).repeat(3));
        }
    }

    private Pretrainer pretrainer() {
        return new Pretrainer(
                TestModel.KERNELS,
                new PlainAlgebra(),
                () -> ModelSource.open(TestModel.DIRECTORY),
                folder.resolve("native"));
    }

    private Request request(Start start, Optimiser optimiser, int saveEvery, String target) {
        return new Request(
                start,
                new Pretraining.Text(corpus, 0.1, 0.5),
                new Course(STEPS, 3, 48, 7),
                new Recipe(optimiser, optimiser.learningRate(), 0.1, 2, Schedule.LINEAR),
                new Upkeep(1L << 30, saveEvery, 4),
                folder.resolve(target));
    }

    /** Hears everything; is interrupted after a step, as a process is that is killed. */
    private static final class Heard implements Pretraining.Listener {
        private final List<Measurement> measurements = new ArrayList<>();
        private final int last;

        Heard(int last) {
            this.last = last;
        }

        private static final class Interrupted extends RuntimeException {
            private static final long serialVersionUID = 1;
        }

        @Override
        public void update(String stage, long done, long total) {}

        @Override
        public void trained(Pretraining.Step step) {
            if (step.done() == last) {
                throw new Interrupted();
            }
        }

        @Override
        public void measured(Measurement measurement) {
            measurements.add(measurement);
        }
    }

    private Report run(Request request) {
        return pretrainer().run(request, new Heard(-1));
    }

    @ParameterizedTest
    @EnumSource
    void aRunCutInTwoEqualsTheRunInOneBitForBit(Optimiser optimiser) throws IOException {
        Request whole = request(SMALL, optimiser, 100, "whole");
        assertThat(run(whole).from()).isZero();

        Request cut = request(SMALL, optimiser, 3, "cut");
        assertThatThrownBy(() -> pretrainer().run(cut, new Heard(5))).isInstanceOf(Heard.Interrupted.class);
        byte[] half = Files.readAllBytes(folder.resolve("cut/model.safetensors"));
        Report resumed = run(cut);

        assertThat(resumed.from()).isEqualTo(3);
        for (String file : List.of("model.safetensors", "pretraining/checkpoint.safetensors")) {
            assertThat(folder.resolve("cut").resolve(file))
                    .as(file)
                    .hasBinaryContent(Files.readAllBytes(folder.resolve("whole").resolve(file)));
        }
        assertThat(Files.readAllBytes(folder.resolve("cut/model.safetensors"))).isNotEqualTo(half);
        assertThat(run(cut).from()).isEqualTo(STEPS);
    }

    @ParameterizedTest
    @EnumSource
    void heldOutLossFallsAndTheModelServes(Optimiser optimiser) {
        Heard heard = new Heard(-1);
        Report report = pretrainer().run(request(SMALL, optimiser, 100, "out"), heard);

        assertThat(heard.measurements).isEqualTo(report.measurements());
        assertThat(report.measurements()).extracting(Measurement::step).containsExactly(0, 4, 8);
        Measurement first = report.measurements().getFirst();
        Measurement last = report.measurements().getLast();
        assertThat(first.heldOut()).isCloseTo(Math.log(8192), within(0.5));
        assertThat(last.heldOut()).isLessThan(first.heldOut() - 0.5);
        assertThat(last.loss()).isPresent();
        assertThat(report.tokensPerSecond()).isPositive();

        LlamaModel model =
                LlamaModel.load(ModelSource.open(folder.resolve("out")), Optional.empty(), TestModel.KERNELS);
        assertThat(model.info().weightType()).isEqualTo("BF16");
        assertThat(model.info().parameters()).isEqualTo(report.parameters());
        int[] prompt = model.tokenizer().encode("final class");
        assertThat(model.generate(new GenerationRequest(prompt, 4, Sampling.GREEDY, List.of()), null, event -> true)
                        .usage()
                        .completionTokens())
                .isBetween(1, 4);
    }

    @Test
    void trainingGoesOnFromAModel() {
        Request request = request(new Start.Model(TestModel.DIRECTORY), Optimiser.ADAMW, 100, "out");
        Request gentle = new Request(
                request.start(),
                request.text(),
                new Course(1, 1, 48, 7),
                new Recipe(Optimiser.ADAMW, 1e-6, 0, 0, Schedule.COSINE),
                request.upkeep(),
                request.target());
        Report report = run(gentle);

        assertThat(report.measurements().getFirst().heldOut()).isLessThan(3);
        LlamaModel before = TestModel.load(DataType.BF16);
        LlamaModel after =
                LlamaModel.load(ModelSource.open(folder.resolve("out")), Optional.empty(), TestModel.KERNELS);
        int[] tokens = before.tokenizer().encode("for (int i = 0; i < 10; i++) {\n    sum += i;\n}\n");
        assertThat(mean(after.score(tokens, 1, null))).isCloseTo(mean(before.score(tokens, 1, null)), within(0.02));
        assertThat(after.info().digest()).isNotEqualTo(before.info().digest());
    }

    private static double mean(Scores scores) {
        float[] nats = scores.nats();
        double sum = 0;
        for (float each : nats) {
            sum += each;
        }
        return sum / nats.length;
    }

    @Test
    void aRunOfOtherSettingsIsNotGoneOnWith() {
        run(request(SMALL, Optimiser.ADAMW, 100, "out"));

        assertRefused(request(SMALL, Optimiser.MUON, 100, "out"), "optimiser is ADAMW, not MUON");
        assertRefused(request(new Start.Fresh(128, 2), Optimiser.ADAMW, 100, "out"), "start is 64x2, not 128x2");
    }

    @Test
    void aCorpusThatHasChangedIsNotGoneOnWith() throws IOException {
        run(request(SMALL, Optimiser.ADAMW, 100, "out"));
        Files.writeString(corpus.resolve("New.java"), "class New {}");

        assertRefused(request(SMALL, Optimiser.ADAMW, 100, "out"), "holds a run whose list of files is");
    }

    @Test
    void aFolderWithSomethingElseIsLeftAlone() throws IOException {
        Path file = Files.createDirectories(folder.resolve("out")).resolve("thesis.txt");
        Files.writeString(file, "mine");

        assertRefused(request(SMALL, Optimiser.ADAMW, 100, "out"), "holds something that is no run");
        assertThat(file).hasContent("mine");
        assertThat(folder.resolve("out/config.json")).doesNotExist();
    }

    @Test
    void aCorpusWithoutTextIsRefused() throws IOException {
        corpus = Files.createDirectories(folder.resolve("binary"));
        Files.write(corpus.resolve("A.class"), new byte[] {(byte) 0xCA, (byte) 0xFE, 0, 0});
        Files.writeString(corpus.resolve("blank.txt"), " \n");
        assertRefused(request(SMALL, Optimiser.ADAMW, 100, "out"), "has 0 text files among 2");

        corpus = folder.resolve("nowhere");
        assertRefused(request(SMALL, Optimiser.ADAMW, 100, "out2"), "nowhere is not a folder");
    }

    @Test
    void tooLittleTextAndTooLongPiecesAreRefused() throws IOException {
        Request usual = request(SMALL, Optimiser.ADAMW, 100, "out");
        Path few = Files.createDirectories(folder.resolve("few"));
        Files.writeString(few.resolve("A.java"), "class A {}");
        Files.writeString(few.resolve("B.java"), "class B {}");
        assertRefused(
                new Request(
                        usual.start(),
                        new Pretraining.Text(few, 0.1, 0),
                        usual.course(),
                        usual.recipe(),
                        usual.upkeep(),
                        usual.target()),
                "tokens to train on, but a piece has 48");
        assertRefused(
                new Request(
                        new Start.Embedded(),
                        usual.text(),
                        new Course(2, 1, 4096, 1),
                        usual.recipe(),
                        usual.upkeep(),
                        folder.resolve("long")),
                "do not fit into the model's context of 2048");
    }

    @Test
    void missingMemoryIsToldBeforeAnythingIsDone() {
        Request usual = request(SMALL, Optimiser.ADAMW, 100, "out");
        assertRefused(
                new Request(
                        usual.start(),
                        usual.text(),
                        usual.course(),
                        usual.recipe(),
                        new Upkeep(1 << 20, 100, 100),
                        usual.target()),
                "MiB more, or shorter samples");
        assertRefused(
                request(new Start.Fresh(8192, 256), Optimiser.MUON, 100, "out"), "MiB too few: close other programs");
        assertThat(folder.resolve("out")).doesNotExist();
        assertThatThrownBy(() -> MemoryNeed.requireForTraining(3 << 20, OptionalLong.of(1 << 20)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("Training takes 3 MiB")
                .hasMessageContaining("2 MiB too few");
    }

    @Test
    void aDivergedStepSaysSo() {
        ModelConfig config = TestModel.load(DataType.BF16).transformer().config();
        TrainingBudget budget = TrainingBudget.DEFAULT.forSamplesOf(16);
        try (TrainedModel model =
                new TrainedModel(config, Optimiser.ADAMW, 0.1, budget, TestModel.KERNELS, new PlainAlgebra())) {
            FreshWeights.fill(model.weights(), 1, TestModel.KERNELS);
            model.weights().values().setAtIndex(ValueLayout.JAVA_FLOAT, 5, Float.POSITIVE_INFINITY);
            model.weights().round(TestModel.KERNELS);

            assertThatThrownBy(() -> model.step(List.of(ArchitecturesTest.tokens(16)), 0.01, 11))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("Step 12 has diverged")
                    .hasMessageContaining("lower learning rate");
        }
    }

    @Test
    void badRequestsAreRefused() {
        assertBad(() -> Start.Fresh.parse("384"), "WIDTHxLAYERS");
        assertBad(() -> Start.Fresh.parse("100x8"), "multiple of 64");
        assertBad(() -> new Course(0, 1, 8, 1), "0 steps");
        assertBad(() -> new Course(1, 0, 8, 1), "batch of 0");
        assertBad(() -> new Course(1, 1, 7, 1), "7 tokens");
        assertBad(() -> new Recipe(Optimiser.MUON, 0, 0, 0, Schedule.LINEAR), "learning rate");
        assertBad(() -> new Recipe(Optimiser.MUON, 0.02, 50, 0, Schedule.LINEAR), "weight decay");
        assertBad(() -> new Recipe(Optimiser.MUON, 0.02, 0, -1, Schedule.LINEAR), "warm-up");
        assertBad(() -> new Pretraining.Text(corpus, 0, 0), "held out");
        assertBad(() -> new Pretraining.Text(corpus, 0.1, 1.5), "filled in");
        assertBad(() -> new Upkeep(1 << 30, 0, 1), "Every 0 steps");
        assertBad(() -> Optimiser.parse("sgd"), "muon or adamw");
        assertBad(() -> Schedule.parse("step"), "linear or cosine");
    }

    private static void assertBad(Runnable request, String message) {
        assertThatThrownBy(request::run).isInstanceOf(ModelException.class).hasMessageContaining(message);
    }

    private void assertRefused(Request request, String message) {
        assertThatThrownBy(() -> run(request))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aDamagedCheckpointIsRefused() throws IOException {
        Request request = request(SMALL, Optimiser.ADAMW, 100, "out");
        run(request);
        Path checkpoint = folder.resolve("out/pretraining/checkpoint.safetensors");
        byte[] bytes = Files.readAllBytes(checkpoint);
        Files.write(checkpoint, Arrays.copyOf(bytes, bytes.length - 8));
        assertRefused(request, "checkpoint.safetensors");

        Files.write(checkpoint, "nothing".getBytes(StandardCharsets.UTF_8));
        assertRefused(request, "checkpoint.safetensors");
    }
}
