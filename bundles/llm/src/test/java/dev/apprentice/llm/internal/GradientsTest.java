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
    private static final int PLACES = 40;
    private static final double STEP = 1e-5;

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama3", "llamaLinear", "mistral", "qwen2", "qwen3"})
    void gradientsOfEveryArchitectureAgreeWithDifferences(String name) {
        TinyModel tiny = TinyModel.named(name);
        LlamaModel model = tiny.load();
        assertGradients(name, PaperModel.of(tiny), model, new AdapterSpec(2, 3, AdapterSpec.LINEAR_LAYERS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llamaLinear", "mistral", "qwen2", "qwen3"})
    void gradientsOfEveryAdapterAgreeWithDifferences(String name) {
        TinyModel tiny = TinyModel.named(name);
        LlamaModel model = tiny.load();
        PaperModel paper = PaperModel.of(tiny);
        for (AdapterSpec spec : TestSpecs.ALL) {
            assertGradients(name + " " + spec.kind(), paper, model, spec);
        }
    }

    private static void assertGradients(String name, PaperModel paper, LlamaModel model, AdapterSpec spec) {
        Adapter adapter = randomised(model, model.freshAdapter(spec, 3));
        int[] tokens = ArchitecturesTest.tokens(10);
        MemorySegment gradient = Arena.ofAuto().allocate(adapter.values().byteSize(), 64);
        double loss;
        try (Trainer trainer = model.trainer(adapter)) {
            loss = trainer.accumulate(new TrainingSample(tokens, 4, Objective.NEXT_TOKEN), 1, gradient);
        }
        float[] actual = TestModel.floats(gradient);
        double[] values = doubles(TestModel.floats(adapter.values()));
        double[] frozen = values.clone();
        AdapterLayout layout = model.layout(adapter);
        double largest = 0;
        double worst = 0;
        Random random = new Random(11);
        for (int i = 0; i < PLACES; i++) {
            int place = random.nextInt(values.length);
            double kept = values[place];
            values[place] = kept + STEP;
            double above = paper.with(beside(paper, layout, values, frozen)).loss(tokens, 4);
            values[place] = kept - STEP;
            double below = paper.with(beside(paper, layout, values, frozen)).loss(tokens, 4);
            values[place] = kept;
            double expected = (above - below) / (2 * STEP);
            largest = Math.max(largest, Math.abs(expected));
            worst = Math.max(worst, Math.abs(expected - actual[place]));
        }
        System.out.printf(Locale.ROOT, "%s: gradients off by %.2e of up to %.2e%n", name, worst, largest);
        assertThat(loss / paper.with(beside(paper, layout, values, frozen)).loss(tokens, 4))
                .isBetween(1 - 1e-5, 1 + 1e-5);
        assertThat(worst).isLessThan(1e-4 * largest);
    }

    static Adapter randomised(LlamaModel model, Adapter fresh) {
        Random random = new Random(7);
        float[] values = TestModel.floats(fresh.values());
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (0.2 * random.nextGaussian());
        }
        return model.adapterOf(fresh.spec(), MemorySegment.ofArray(values));
    }

    /** The adapter for {@link PaperModel}; norms of rows are those of {@code frozen}, since they are no function in the backward pass. */
    private static Map<String, PaperModel.Beside> beside(
            PaperModel paper, AdapterLayout layout, double[] values, double[] frozen) {
        Map<String, PaperModel.Beside> all = new HashMap<>();
        layout.forEach(slot -> all.put(
                slot.module(),
                switch (slot) {
                    case AdapterSlot.LowRank s ->
                        new PaperModel.Beside(
                                part(values, s.a()), part(values, s.b()), s.scale(), null, null, null, null);
                    case AdapterSlot.Decomposed s ->
                        new PaperModel.Beside(
                                part(values, s.a()),
                                part(values, s.b()),
                                s.scale(),
                                part(values, s.magnitude()),
                                paper.rowNorms(
                                        s.module(),
                                        part(frozen, s.a()),
                                        part(frozen, s.b()),
                                        s.scale(),
                                        s.a().shape().getLast()),
                                null,
                                null);
                    case AdapterSlot.ScaledOutput s ->
                        new PaperModel.Beside(null, null, 0, null, null, part(values, s.factors()), null);
                    case AdapterSlot.ScaledInput s ->
                        new PaperModel.Beside(null, null, 0, null, null, null, part(values, s.factors()));
                }));
        return all;
    }

    private static double[] part(double[] values, Slice part) {
        double[] copy = new double[part.elements()];
        System.arraycopy(values, (int) (part.offset() / 4), copy, 0, copy.length);
        return copy;
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }
}
