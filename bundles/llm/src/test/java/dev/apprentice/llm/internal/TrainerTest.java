package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.GradientSums;
import dev.apprentice.model.ModelException;
import dev.apprentice.model.Trainer;
import dev.apprentice.model.TrainingBudget;
import dev.apprentice.model.TrainingPlan;
import dev.apprentice.model.TrainingPlan.Activations;
import dev.apprentice.model.TrainingSample;
import dev.apprentice.model.TrainingSample.Objective;
import dev.apprentice.model.WeightedSample;
import dev.apprentice.testkit.Golden;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans, packing, squared gradients and resuming; what the gradients themselves are, {@link GradientsTest} shows. */
class TrainerTest {
    private static final TrainingBudget ROOMY = new TrainingBudget(1L << 30, 64);

    private record Sums(double[] losses, float[] gradient, float[] squares) {}

    private static List<WeightedSample> samples() {
        int[] tokens = ArchitecturesTest.tokens(64);
        return List.of(
                new WeightedSample(new TrainingSample(Arrays.copyOf(tokens, 20), 1, Objective.NEXT_TOKEN), 0.5, 0.25),
                new WeightedSample(
                        new TrainingSample(Arrays.copyOfRange(tokens, 20, 29), 4, Objective.KEEP_BASE), 2, 0),
                new WeightedSample(
                        new TrainingSample(Arrays.copyOfRange(tokens, 29, 64), 30, Objective.NEXT_TOKEN), 1, 0.75));
    }

    private static Sums together(LlamaModel model, Adapter adapter, TrainingBudget budget) {
        MemorySegment gradient = Arena.ofAuto().allocate(adapter.values().byteSize(), 64);
        MemorySegment squares = Arena.ofAuto().allocate(adapter.values().byteSize(), 64);
        try (Trainer trainer = model.trainer(adapter, budget)) {
            double[] losses = trainer.accumulate(samples(), new GradientSums(gradient, squares));
            return new Sums(losses, TestModel.floats(gradient), TestModel.floats(squares));
        }
    }

    /** One sample a pass, squared by hand. */
    private static Sums apart(LlamaModel model, Adapter adapter) {
        int size = (int) adapter.size();
        double[] losses = new double[3];
        float[] gradient = new float[size];
        float[] squares = new float[size];
        try (Trainer trainer = model.trainer(adapter, ROOMY)) {
            for (int i = 0; i < 3; i++) {
                WeightedSample weighted = samples().get(i);
                MemorySegment one = Arena.ofAuto().allocate(4L * size, 64);
                losses[i] = trainer.accumulate(weighted.sample(), 1, one);
                float[] own = TestModel.floats(one);
                for (int j = 0; j < size; j++) {
                    gradient[j] += (float) (weighted.weight() * own[j]);
                    squares[j] += (float) (weighted.squareWeight() * own[j] * own[j]);
                }
            }
        }
        return new Sums(losses, gradient, squares);
    }

    /** With windows, head norms and biases, and for every kind of adapter. */
    @ParameterizedTest
    @ValueSource(strings = {"llamaLinear", "mistral", "qwen3"})
    void packedSamplesGiveTheGradientsAndSquaresOfEachAlone(String name) {
        LlamaModel model = TinyModel.named(name).load();
        List<AdapterSpec> specs = new ArrayList<>(TestSpecs.ALL);
        specs.add(new AdapterSpec(2, 3, AdapterSpec.LINEAR_LAYERS));
        for (AdapterSpec spec : specs) {
            Adapter adapter = GradientsTest.randomised(model, model.freshAdapter(spec, 3));
            Sums expected = apart(model, adapter);
            Sums packed = together(model, adapter, ROOMY);
            double gradientError = Golden.relativeError(packed.gradient(), expected.gradient());
            double squareError = Golden.relativeError(packed.squares(), expected.squares());
            System.out.printf(
                    Locale.ROOT, "%s %s: packed off by %.1e, squares %.1e%n", name, spec, gradientError, squareError);
            assertThat(gradientError).isLessThan(3e-6);
            assertThat(squareError).isLessThan(6e-6);
            for (int i = 0; i < 3; i++) {
                assertThat(packed.losses()[i] / expected.losses()[i]).isBetween(1 - 1e-5, 1 + 1e-5);
            }
        }
    }

    @Test
    void recomputedActivationsGiveTheSameGradientsBitForBit() {
        LlamaModel model = TinyModel.QWEN_3.load();
        for (AdapterSpec spec : TestSpecs.ALL) {
            Adapter adapter = GradientsTest.randomised(model, model.freshAdapter(spec, 3));
            PassMemory memory = memory(model, adapter);
            Sums kept = planned(model, adapter, new TrainingBudget(memory.bytes(Activations.KEPT, 64, 16), 64));
            Sums recomputed =
                    planned(model, adapter, new TrainingBudget(memory.bytes(Activations.RECOMPUTED, 64, 16), 64));
            assertThat(recomputed.gradient()).isEqualTo(kept.gradient());
            assertThat(recomputed.squares()).isEqualTo(kept.squares());
            assertThat(recomputed.losses()).isEqualTo(kept.losses());
        }
    }

    private static PassMemory memory(LlamaModel model, Adapter adapter) {
        return PassMemory.ofAdapter(model.transformer().config(), model.layout(adapter));
    }

    /** Runs where the budget allows 16 rows of logits and no more. */
    private static Sums planned(LlamaModel model, Adapter adapter, TrainingBudget budget) {
        try (Trainer trainer = model.trainer(adapter, budget)) {
            Activations expected = budget.bytes() == memory(model, adapter).bytes(Activations.KEPT, 64, 16)
                    ? Activations.KEPT
                    : Activations.RECOMPUTED;
            assertThat(trainer.plan().activations()).isEqualTo(expected);
            assertThat(trainer.plan().headRows()).isEqualTo(16);
        }
        return together(model, adapter, budget);
    }

    /** What is held is within what was planned, and the plan is not much too careful. */
    @ParameterizedTest
    @ValueSource(strings = {"KEPT", "RECOMPUTED"})
    void memoryStaysWithinThePlan(Activations activations) {
        LlamaModel model = TinyModel.LLAMA.load();
        Adapter adapter = model.freshAdapter(TestSpecs.DORA, 3);
        int length = 500;
        TrainingBudget budget = new TrainingBudget(memory(model, adapter).bytes(activations, length, 16), length);
        TrainingSample sample = new TrainingSample(ArchitecturesTest.tokens(length), 1, Objective.KEEP_BASE);
        try (AdapterTrainer trainer = new AdapterTrainer(model, adapter, budget)) {
            MemorySegment gradient = Arena.ofAuto().allocate(adapter.values().byteSize(), 64);
            trainer.accumulate(sample, 1, gradient);
            trainer.accumulate(sample, 1, gradient);
            System.out.println(trainer.plan().text() + "; held " + (trainer.heldBytes() >> 10) + " KiB");
            assertThat(trainer.plan().activations()).isEqualTo(activations);
            assertThat(trainer.heldBytes())
                    .isLessThanOrEqualTo(budget.bytes())
                    .isGreaterThan((budget.bytes() - PassMemory.SLACK) / 2);
        }
    }

    @Test
    void theBudgetDecidesAndWhatIsMissingIsSaid() {
        LlamaModel model = TinyModel.LLAMA.load();
        Adapter adapter = model.freshAdapter(TestSpecs.DORA, 3);
        List<TrainingPlan> plans = new ArrayList<>();
        for (long mebibytes : new long[] {512, 24, 16}) {
            try (Trainer trainer = model.trainer(adapter, new TrainingBudget(mebibytes << 20, 400))) {
                plans.add(trainer.plan());
                assertThat(trainer.plan().bytes()).isLessThanOrEqualTo(mebibytes << 20);
            }
        }
        assertThat(plans.get(0).activations()).isEqualTo(Activations.KEPT);
        assertThat(plans.get(0).headRows()).isEqualTo(256);
        assertThat(plans.get(0).text()).contains("activations kept", "400 tokens a pass", "budget of 512 MiB");
        assertThat(plans.get(2).headRows()).isLessThan(plans.get(0).headRows());
        assertThatThrownBy(() -> model.trainer(adapter, new TrainingBudget(2 << 20, 400)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("samples of 400 tokens takes at least")
                .hasMessageContaining("but the budget is 2 MiB: give it")
                .hasMessageContaining("MiB more");
    }

    /** The shape of Llama 3.1 8B; its weights need not be there to plan for it. */
    @Test
    void anAdapterOfAnEightBillionModelTrainsOn512TokensIn3GiB() {
        String config = """
            {"architectures": ["LlamaForCausalLM"], "hidden_size": 4096, "intermediate_size": 14336,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256,
            "max_position_embeddings": 131072, "rope_theta": 500000.0, "eos_token_id": 128001}\
            """;
        ModelConfig shape = ModelConfig.parse(config.getBytes(StandardCharsets.UTF_8));
        AdapterLayout layout = new AdapterLayout(shape, new AdapterSpec(16, 32, AdapterSpec.LINEAR_LAYERS));
        TrainingPlan plan = PassMemory.ofAdapter(shape, layout).plan(new TrainingBudget(3L << 30, 512), 512);
        System.out.println("8B, rank 16: " + plan.text());
        assertThat(plan.activations()).isEqualTo(Activations.RECOMPUTED);
        assertThat(plan.tokensPerPass()).isEqualTo(512);
    }

    /** Adam as the paper has it, its moments kept by the caller. */
    private static final class Adam {
        private final double[] first;
        private final double[] second;

        private Adam(double[] first, double[] second) {
            this.first = first.clone();
            this.second = second.clone();
        }

        void step(MemorySegment values, MemorySegment gradient, int step) {
            for (int i = 0; i < first.length; i++) {
                double g = gradient.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                first[i] = 0.9 * first[i] + 0.1 * g;
                second[i] = 0.999 * second[i] + 0.001 * g * g;
                double change = first[i]
                        / (1 - Math.pow(0.9, step))
                        / (Math.sqrt(second[i] / (1 - Math.pow(0.999, step))) + 1e-8);
                values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float)
                        (values.getAtIndex(ValueLayout.JAVA_FLOAT, i) - 1e-2 * change));
            }
        }
    }

    private static Adapter run(LlamaModel model, Adapter start, Adam adam, int from, int to) {
        try (Trainer trainer = model.trainer(start, ROOMY)) {
            for (int step = from; step <= to; step++) {
                MemorySegment gradient = Arena.ofAuto().allocate(start.values().byteSize(), 64);
                trainer.accumulate(samples(), new GradientSums(gradient, null));
                adam.step(trainer.parameters(), gradient, step);
            }
            return trainer.snapshot();
        }
    }

    @Test
    void aRunCutInTwoEqualsTheRunInOneBitForBit() {
        LlamaModel model = TinyModel.QWEN_2.load();
        for (AdapterSpec spec : TestSpecs.ALL) {
            Adapter start = model.freshAdapter(spec, 3);
            double[] none = new double[(int) start.size()];
            Adapter whole = run(model, start, new Adam(none, none), 1, 6);

            Adam adam = new Adam(none, none);
            Adapter half = run(model, start, adam, 1, 3);
            Adapter stored = model.readAdapter(model.writeAdapter(half));
            Adapter resumed = run(model, stored, new Adam(adam.first, adam.second), 4, 6);

            assertThat(resumed.digest()).isEqualTo(whole.digest()).isNotEqualTo(half.digest());
        }
    }
}
