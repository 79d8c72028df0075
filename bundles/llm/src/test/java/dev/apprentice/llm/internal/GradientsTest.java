package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.Trainer;
import dev.apprentice.model.TrainingSample;
import dev.apprentice.model.TrainingSample.Objective;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way back through every architecture, against central differences of {@link PaperModel} in double precision. */
class GradientsTest {
    private static final int PLACES = 60;
    private static final double STEP = 1e-5;

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama3", "llamaLinear", "mistral", "qwen2", "qwen3"})
    void gradientsOfEveryArchitectureAgreeWithDifferences(String name) {
        TinyModel tiny = TinyModel.ALL.get(name);
        LlamaModel model = tiny.load();
        assertGradients(name, tiny, model, new AdapterSpec(2, 3, AdapterSpec.LINEAR_LAYERS));
    }

    private static void assertGradients(String name, TinyModel tiny, LlamaModel model, AdapterSpec spec) {
        Adapter adapter = randomised(model, model.freshAdapter(spec, 3));
        int[] tokens = ArchitecturesTest.tokens(12);
        MemorySegment gradient = Arena.ofAuto().allocate(adapter.values().byteSize(), 64);
        double loss;
        try (Trainer trainer = model.trainer(adapter)) {
            loss = trainer.accumulate(new TrainingSample(tokens, 4, Objective.NEXT_TOKEN), 1, gradient);
        }
        float[] actual = TestModel.floats(gradient);
        double[] values = doubles(TestModel.floats(adapter.values()));
        AdapterLayout layout = model.layout(adapter);
        double largest = 0;
        double worst = 0;
        Random random = new Random(11);
        for (int i = 0; i < PLACES; i++) {
            int place = random.nextInt(values.length);
            double kept = values[place];
            values[place] = kept + STEP;
            double above = PaperModel.of(tiny, beside(layout, values)).loss(tokens, 4);
            values[place] = kept - STEP;
            double below = PaperModel.of(tiny, beside(layout, values)).loss(tokens, 4);
            values[place] = kept;
            double expected = (above - below) / (2 * STEP);
            largest = Math.max(largest, Math.abs(expected));
            worst = Math.max(worst, Math.abs(expected - actual[place]));
        }
        System.out.printf(Locale.ROOT, "%s: gradients off by %.2e of up to %.2e%n", name, worst, largest);
        assertThat(loss / PaperModel.of(tiny, beside(layout, values)).loss(tokens, 4))
                .isBetween(1 - 1e-5, 1 + 1e-5);
        assertThat(worst).isLessThan(1e-4 * largest);
    }

    private static Adapter randomised(LlamaModel model, Adapter fresh) {
        Random random = new Random(7);
        float[] values = TestModel.floats(fresh.values());
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (0.2 * random.nextGaussian());
        }
        return model.adapterOf(fresh.spec(), MemorySegment.ofArray(values));
    }

    private static Map<String, PaperModel.Beside> beside(AdapterLayout layout, double[] values) {
        Map<String, PaperModel.Beside> all = new HashMap<>();
        layout.forEach(slot -> all.put(
                ModelConfig.moduleName(slot.layer(), slot.target()),
                new PaperModel.Beside(
                        part(values, slot.aOffset(), slot.rank() * slot.inputs()),
                        part(values, slot.bOffset(), slot.rank() * slot.outputs()),
                        layout.spec().scale(),
                        null,
                        null,
                        null,
                        null)));
        return all;
    }

    private static double[] part(double[] values, long offset, int length) {
        double[] part = new double[length];
        System.arraycopy(values, (int) (offset / 4), part, 0, length);
        return part;
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }
}
