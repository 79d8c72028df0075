package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.DataType;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.Trainer;
import dev.apprentice.model.TrainingSample;
import dev.apprentice.model.TrainingSample.Objective;
import dev.apprentice.testkit.Golden;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

class LoraTest {
    private static final Golden GOLDEN = Golden.tensors("lora.safetensors");
    private static final int LENGTH = 48;

    private static int[] sequence(int index) {
        return Arrays.copyOfRange(GOLDEN.integers("input_ids"), index * LENGTH, (index + 1) * LENGTH);
    }

    private static TrainingSample sample(int index) {
        return new TrainingSample(sequence(index), 1, Objective.NEXT_TOKEN);
    }

    @ParameterizedTest
    @CsvSource({"F32, 1e-4", "BF16, 1e-2", "Q8_0, 0.03", "Q4_0, 0.25"})
    void adaptedLogitsAgreeWithPyTorch(DataType type, double tolerance) {
        LlamaModel model = TestModel.load(type);
        Adapter adapter = TestModel.goldenAdapter(model);
        float[] expected = GOLDEN.floats("logits");
        double worst = 0;
        for (int i = 0; i < 3; i++) {
            float[] part = Golden.row(expected, expected.length / 3, i);
            worst = Math.max(worst, Golden.relativeError(TestModel.logits(model, sequence(i), adapter), part));
        }
        System.out.printf(Locale.ROOT, "lora %s: relative error of logits %.2e%n", type, worst);
        assertThat(worst).isLessThan(tolerance);
    }

    @ParameterizedTest
    @CsvSource({"F32, 1e-4", "BF16, 2e-2", "Q8_0, 0.05", "Q4_0, 0.5"})
    void lossesGradientsAndFisherAgreeWithPyTorch(DataType type, double tolerance) {
        LlamaModel model = TestModel.load(type);
        long values = TestModel.goldenAdapter(model).size();
        MemorySegment mean = Arena.ofAuto().allocate(4 * values, 64);
        float[] squares = new float[(int) values];
        double[] losses = new double[3];
        try (Trainer trainer = model.trainer(TestModel.goldenAdapter(model))) {
            for (int i = 0; i < 3; i++) {
                losses[i] = trainer.accumulate(sample(i), 1.0 / 3, mean);
                MemorySegment one = Arena.ofAuto().allocate(4 * values, 64);
                trainer.accumulate(sample(i), 1, one);
                for (int j = 0; j < values; j++) {
                    float gradient = one.getAtIndex(ValueLayout.JAVA_FLOAT, j);
                    squares[j] += gradient * gradient / 3;
                }
            }
        }
        float[] expectedMean =
                TestModel.floats(TestModel.inLayout(model, TestModel.SPEC, GOLDEN, "grad_of_mean_loss."));
        float[] expectedSquares =
                TestModel.floats(TestModel.inLayout(model, TestModel.SPEC, GOLDEN, "mean_of_squared_sample_grad."));
        double gradientError = Golden.relativeError(TestModel.floats(mean), expectedMean);
        double fisherError = Golden.relativeError(squares, expectedSquares);
        float[] expectedLosses = GOLDEN.floats("sample_loss");
        System.out.printf(
                Locale.ROOT,
                "lora %s: relative error of gradient %.2e, of squared sample gradients %.2e; losses %s (PyTorch %s)%n",
                type,
                gradientError,
                fisherError,
                Arrays.toString(losses),
                Arrays.toString(expectedLosses));
        assertThat(gradientError).isLessThan(tolerance);
        assertThat(fisherError).isLessThan(2 * tolerance);
        for (int i = 0; i < 3; i++) {
            assertThat(losses[i]).isCloseTo(expectedLosses[i], within(tolerance * expectedLosses[i]));
        }
    }

    @Test
    void everyTensorOfTheGradientAgreesWithPyTorch() {
        LlamaModel model = TestModel.load(DataType.F32);
        Adapter adapter = TestModel.goldenAdapter(model);
        MemorySegment gradient = Arena.ofAuto().allocate(adapter.values().byteSize(), 64);
        try (Trainer trainer = model.trainer(adapter)) {
            for (int i = 0; i < 3; i++) {
                trainer.accumulate(sample(i), 1.0 / 3, gradient);
            }
        }
        MemorySegment expected = TestModel.inLayout(model, TestModel.SPEC, GOLDEN, "grad_of_mean_loss.");
        model.layout(adapter).forEach(slot -> {
            for (Slice part : slot.parts()) {
                assertThat(Golden.relativeError(
                                TestModel.floats(part.in(gradient)), TestModel.floats(part.in(expected))))
                        .as("%s of %s", part, slot)
                        .isLessThan(1e-4);
            }
        });
    }

    @Test
    void tenStepsOfAdamFollowPyTorch() {
        LlamaModel model = TestModel.load(DataType.F32);
        Adapter start = TestModel.goldenAdapter(model);
        int size = (int) start.size();
        double[] first = new double[size];
        double[] second = new double[size];
        List<Double> losses = new ArrayList<>();
        try (Trainer trainer = model.trainer(start)) {
            for (int step = 1; step <= 10; step++) {
                MemorySegment gradient = Arena.ofAuto().allocate(4L * size, 64);
                double loss = 0;
                for (int i = 0; i < 3; i++) {
                    loss += trainer.accumulate(sample(i), 1.0 / 3, gradient) / 3;
                }
                losses.add(loss);
                adam(trainer.parameters(), gradient, first, second, step);
            }
        }
        List<JsonNode> expected =
                Golden.json("training.json").path("losses").valueStream().toList();
        for (int i = 0; i < 10; i++) {
            assertThat(losses.get(i)).isCloseTo(expected.get(i).doubleValue(), within(1e-4 * losses.get(i)));
        }
    }

    private static void adam(MemorySegment values, MemorySegment gradient, double[] first, double[] second, int step) {
        for (int i = 0; i < first.length; i++) {
            double g = gradient.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            first[i] = 0.9 * first[i] + 0.1 * g;
            second[i] = 0.999 * second[i] + 0.001 * g * g;
            double corrected = first[i] / (1 - Math.pow(0.9, step));
            double root = Math.sqrt(second[i] / (1 - Math.pow(0.999, step)));
            float value = values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (value - 1e-3 * corrected / (root + 1e-8)));
        }
    }

    /** Also where only some layers are adapted and only the end of a sequence counts. */
    @ParameterizedTest
    @EnumSource(Objective.class)
    void gradientsAgreeWithFiniteDifferences(Objective objective) {
        LlamaModel model = TestModel.load(DataType.F32);
        for (List<String> targets :
                List.of(List.of("q_proj", "v_proj"), List.of("down_proj"), List.of("o_proj", "up_proj"))) {
            AdapterSpec spec = new AdapterSpec(2, 8, targets);
            Adapter adapter = model.adapterOf(spec, noise(model.freshAdapter(spec, 1)));
            TrainingSample sample = new TrainingSample(Arrays.copyOf(sequence(0), 20), 9, objective);
            try (Trainer trainer = model.trainer(adapter)) {
                MemorySegment gradient =
                        Arena.ofAuto().allocate(adapter.values().byteSize(), 64);
                trainer.accumulate(sample, 1, gradient);
                assertThat(slope(trainer, sample, gradient))
                        .as(targets.toString())
                        .isCloseTo(length(gradient), within(0.01 * length(gradient)));
            }
        }
    }

    /** Rise of the loss for a step along the gradient, by central difference. */
    private static double slope(Trainer trainer, TrainingSample sample, MemorySegment gradient) {
        double step = 5e-3;
        double factor = step / length(gradient);
        MemorySegment unused = Arena.ofAuto().allocate(gradient.byteSize(), 64);
        move(trainer.parameters(), gradient, factor);
        double after = trainer.accumulate(sample, 1, unused);
        move(trainer.parameters(), gradient, -2 * factor);
        double before = trainer.accumulate(sample, 1, unused);
        return (after - before) / (2 * step);
    }

    private static void move(MemorySegment values, MemorySegment direction, double factor) {
        for (long i = 0; i < values.byteSize() / 4; i++) {
            float moved = (float) (values.getAtIndex(ValueLayout.JAVA_FLOAT, i)
                    + factor * direction.getAtIndex(ValueLayout.JAVA_FLOAT, i));
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, moved);
        }
    }

    private static double length(MemorySegment vector) {
        double sum = 0;
        for (float value : TestModel.floats(vector)) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    private static MemorySegment noise(Adapter adapter) {
        Random random = new Random(7);
        float[] values = TestModel.floats(adapter.values());
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (0.05 * random.nextGaussian());
        }
        return MemorySegment.ofArray(values);
    }

    @Test
    void aFreshAdapterChangesNothingAndKeepsToTheBase() {
        LlamaModel model = TestModel.load(DataType.F32);
        Adapter fresh = model.freshAdapter(TestModel.SPEC, 42);
        int[] tokens = sequence(1);

        assertThat(TestModel.logits(model, tokens, fresh)).isEqualTo(TestModel.logits(model, tokens, null));
        assertThat(model.freshAdapter(TestModel.SPEC, 42).digest()).isEqualTo(fresh.digest());
        assertThat(model.freshAdapter(TestModel.SPEC, 43).digest()).isNotEqualTo(fresh.digest());
        try (Trainer trainer = model.trainer(fresh)) {
            MemorySegment gradient = Arena.ofAuto().allocate(fresh.values().byteSize(), 64);
            assertThat(trainer.accumulate(new TrainingSample(tokens, 1, Objective.KEEP_BASE), 1, gradient))
                    .isCloseTo(0, within(1e-6));
            assertThat(trainer.snapshot().digest()).isEqualTo(fresh.digest());
        }
    }
}
