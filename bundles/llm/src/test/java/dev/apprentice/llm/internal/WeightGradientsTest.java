package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.DataType;
import dev.apprentice.model.TrainingBudget;
import dev.apprentice.model.TrainingPlan;
import dev.apprentice.model.TrainingPlan.Activations;
import dev.apprentice.testkit.Golden;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gradients of all weights, against central differences of {@link PaperModel}, and of BF16 against those of float32. */
class WeightGradientsTest {
    private static final int PLACES_OF_EACH_TENSOR = 3;
    private static final double STEP = 1e-5;

    private static TrainedWeights trained(LlamaModel model, DataType type) {
        TrainedWeights weights = TrainedWeights.allocate(model.transformer().config(), type, Arena.ofAuto());
        weights.copyFrom(model.weights(), TestModel.KERNELS);
        return weights;
    }

    private record Result(double loss, float[] gradient) {}

    private static Result gradient(LlamaModel model, TrainedWeights weights, TrainingPlan plan, int[]... batch) {
        MemorySegment gradient = Arena.ofAuto().allocate(weights.layout().bytes(), 64);
        try (WeightTrainer trainer = new WeightTrainer(model.transformer(), weights, plan)) {
            double loss = trainer.gradient(List.of(batch), gradient);
            return new Result(loss, TestModel.floats(gradient));
        }
    }

    private static TrainingPlan plan(LlamaModel model, int longest) {
        TrainingBudget budget = TrainingBudget.DEFAULT.forSamplesOf(longest);
        return PassMemory.ofAllWeights(model.transformer().config()).plan(budget, longest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama3", "llamaLinear", "mistral", "qwen2", "qwen3"})
    void gradientsOfEveryWeightAgreeWithDifferences(String name) {
        TinyModel tiny = TinyModel.named(name);
        LlamaModel model = tiny.load();
        PaperModel paper = PaperModel.of(tiny);
        TrainedWeights weights = trained(model, DataType.F32);
        int[] tokens = ArchitecturesTest.tokens(10);
        Result actual = gradient(model, weights, plan(model, 10), tokens);

        assertThat(actual.loss()).isCloseTo(paper.loss(tokens, 1), within(1e-5 * actual.loss()));
        Random random = new Random(11);
        double worst = 0;
        for (Slice slice : weights.layout().slices()) {
            double[] values = paper.weight(slice.name());
            double largest = 0;
            double off = 0;
            for (int i = 0; i < PLACES_OF_EACH_TENSOR; i++) {
                int place = place(slice, tokens, random);
                double kept = values[place];
                values[place] = kept + STEP;
                double above = paper.loss(tokens, 1);
                values[place] = kept - STEP;
                double below = paper.loss(tokens, 1);
                values[place] = kept;
                double expected = (above - below) / (2 * STEP);
                double found = actual.gradient()[(int) (slice.offset() / Float.BYTES) + place];
                largest = Math.max(largest, Math.abs(expected));
                off = Math.max(off, Math.abs(expected - found));
            }
            worst = Math.max(worst, off / largest);
            assertThat(off).as("%s of %s", slice.name(), name).isLessThan(2e-4 * largest + 1e-8);
        }
        System.out.printf(Locale.ROOT, "%s: gradients of all weights off by %.1e%n", name, worst);
    }

    /** Somewhere in a tensor; of an embedding, in the row of a token that is there, where the gradient is more than that of a tied head. */
    private static int place(Slice slice, int[] tokens, Random random) {
        int columns = slice.shape().getLast();
        return slice.name().equals("model.embed_tokens.weight")
                ? tokens[random.nextInt(tokens.length - 1)] * columns + random.nextInt(columns)
                : random.nextInt(slice.elements());
    }

    @Test
    void piecesThatShareAPassAndThoseThatDoNotGiveOneGradient() {
        LlamaModel model = TinyModel.QWEN_3.load();
        TrainedWeights weights = trained(model, DataType.F32);
        int[] tokens = ArchitecturesTest.tokens(60);
        int[] first = Arrays.copyOf(tokens, 20);
        int[] second = Arrays.copyOfRange(tokens, 20, 60);
        Result apart = gradient(
                model, weights, new TrainingPlan(Activations.KEPT, 40, 16, 0, TrainingBudget.DEFAULT), first, second);
        Result together = gradient(
                model, weights, new TrainingPlan(Activations.KEPT, 64, 64, 0, TrainingBudget.DEFAULT), first, second);
        Result recomputed = gradient(
                model,
                weights,
                new TrainingPlan(Activations.RECOMPUTED, 64, 64, 0, TrainingBudget.DEFAULT),
                first,
                second);

        assertThat(together.loss()).isCloseTo(apart.loss(), within(1e-6 * apart.loss()));
        assertThat(Golden.relativeError(together.gradient(), apart.gradient())).isLessThan(3e-6);
        assertThat(recomputed.gradient()).isEqualTo(together.gradient());
    }

    @Test
    void gradientsInBfloat16AreNearThoseInFloat32() {
        LlamaModel model = TestModel.load(DataType.BF16);
        int[] tokens = Golden.tensors("forward.safetensors").integers("input_ids");
        TrainingPlan plan = plan(model, tokens.length);
        TrainedWeights exact = trained(model, DataType.F32);
        Result expected = gradient(model, exact, plan, tokens);
        Result actual = gradient(model, trained(model, DataType.BF16), plan, tokens);

        assertThat(actual.loss()).isCloseTo(expected.loss(), within(3e-3 * expected.loss()));
        double worst = 0;
        for (Slice slice : exact.layout().slices()) {
            int from = (int) (slice.offset() / Float.BYTES);
            double off = Golden.relativeError(
                    Arrays.copyOfRange(actual.gradient(), from, from + slice.elements()),
                    Arrays.copyOfRange(expected.gradient(), from, from + slice.elements()));
            worst = Math.max(worst, off);
            assertThat(off).as(slice.name()).isLessThan(0.06);
        }
        System.out.printf(
                Locale.ROOT,
                "BF16: gradient of all weights off by %.1e, of a tensor by up to %.1e%n",
                Golden.relativeError(actual.gradient(), expected.gradient()),
                worst);
    }
}
