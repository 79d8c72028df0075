package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.DataType;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterKind;
import dev.apprentice.model.AdapterKind.Form;
import dev.apprentice.model.AdapterKind.Scaling;
import dev.apprentice.model.AdapterKind.Size;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.Trainer;
import dev.apprentice.model.TrainingSample;
import dev.apprentice.model.TrainingSample.Objective;
import dev.apprentice.testkit.Golden;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DoRA and IA3 over the embedded model, against PyTorch. */
class GoldenAdaptersTest {
    private static final int LENGTH = 48;

    private static AdapterSpec spec(String name) {
        return switch (name) {
            case "dora" ->
                new AdapterSpec(
                        new AdapterKind.LowRank(new Size(4, 8), Scaling.BY_RANK, Form.DECOMPOSED, Map.of()),
                        AdapterSpec.LINEAR_LAYERS,
                        List.of(0, 5));
            case "ia3" ->
                new AdapterSpec(
                        new AdapterKind.Ia3(List.of("down_proj")), List.of("k_proj", "v_proj", "down_proj"), List.of());
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static int[] sequence(Golden golden, int index) {
        return Arrays.copyOfRange(golden.integers("input_ids"), index * LENGTH, (index + 1) * LENGTH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dora", "ia3"})
    void logitsLossesGradientsAndFisherAgreeWithPyTorch(String name) {
        Golden golden = Golden.tensors(name + ".safetensors");
        LlamaModel model = TestModel.load(DataType.F32);
        AdapterSpec spec = spec(name);
        Adapter adapter = model.adapterOf(spec, TestModel.inLayout(model, spec, golden, "param."));
        int size = (int) adapter.size();
        MemorySegment mean = Arena.ofAuto().allocate(4L * size, 64);
        float[] squares = new float[size];
        double worstLogits = 0;
        try (Trainer trainer = model.trainer(adapter)) {
            for (int i = 0; i < 3; i++) {
                TrainingSample sample = new TrainingSample(sequence(golden, i), 1, Objective.NEXT_TOKEN);
                MemorySegment one = Arena.ofAuto().allocate(4L * size, 64);
                double loss = trainer.accumulate(sample, 1, one);
                assertThat(loss).isCloseTo(golden.floats("sample_loss")[i], within(1e-4 * loss));
                trainer.accumulate(sample, 1.0 / 3, mean);
                float[] gradient = TestModel.floats(one);
                for (int j = 0; j < size; j++) {
                    squares[j] += gradient[j] * gradient[j] / 3;
                }
                float[] logits = golden.floats("logits");
                worstLogits = Math.max(
                        worstLogits,
                        Golden.relativeError(
                                TestModel.logits(model, sequence(golden, i), adapter),
                                Golden.row(logits, logits.length / 3, i)));
            }
        }
        MemorySegment expectedMean = TestModel.inLayout(model, spec, golden, "grad_of_mean_loss.");
        MemorySegment expectedSquares = TestModel.inLayout(model, spec, golden, "mean_of_squared_sample_grad.");
        double gradientError = Golden.relativeError(TestModel.floats(mean), TestModel.floats(expectedMean));
        double fisherError = Golden.relativeError(squares, TestModel.floats(expectedSquares));
        System.out.printf(
                Locale.ROOT,
                "%s: relative error of logits %.2e, gradient %.2e, squared sample gradients %.2e%n",
                name,
                worstLogits,
                gradientError,
                fisherError);
        assertThat(worstLogits).isLessThan(1e-4);
        assertThat(gradientError).isLessThan(1e-4);
        assertThat(fisherError).isLessThan(2e-4);
        model.layout(adapter).forEach(slot -> {
            for (Slice part : slot.parts()) {
                assertThat(Golden.relativeError(
                                TestModel.floats(part.in(mean)), TestModel.floats(part.in(expectedMean))))
                        .as("%s of %s", part, slot)
                        .isLessThan(1e-4);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"dora", "ia3"})
    void freshAdaptersChangeNothing(String name) {
        LlamaModel model = TestModel.load(DataType.F32);
        Adapter fresh = model.freshAdapter(spec(name), 4);
        int[] tokens = sequence(Golden.tensors("ia3.safetensors"), 0);

        assertThat(Golden.relativeError(TestModel.logits(model, tokens, fresh), TestModel.logits(model, tokens, null)))
                .isLessThan(1e-6);
        assertThat(model.readAdapter(model.writeAdapter(fresh)).digest()).isEqualTo(fresh.digest());
    }

    /** An adapter that was learned and audited before there were other kinds keeps its name. */
    @Test
    void theDigestOfPlainLoraIsThatOfItsFirstDefinition() throws Exception {
        LlamaModel model = TestModel.load(DataType.BF16);
        Adapter adapter = TestModel.goldenAdapter(model);
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update((model.info().digest()
                        + "\nlora\n4\n8.0\n[q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj]\n")
                .getBytes(StandardCharsets.UTF_8));
        ByteBuffer values = adapter.values().asByteBuffer();
        sha256.update(values);
        assertThat(adapter.digest()).isEqualTo(Digests.text(sha256));
    }
}
