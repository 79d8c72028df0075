package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Tensor;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.GenerationEvent;
import dev.apprentice.model.GenerationRequest;
import dev.apprentice.model.Sampling;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Neurons that are left out, on the real model. */
@Timeout(120)
class SparsityTest {
    private static final String CODE = """
            public final class Account {
                private final String owner;
                private long balance;

                Account(String owner) {
                    this.owner = owner;
                }

                void deposit(long amount) {
                    if (amount <= 0) {
                        throw new IllegalArgumentException("amount must be positive");
                    }
                    balance += amount;
                }
            }
            """;

    @TempDir
    private Path folder;

    /** A step that skips weights gives what a pass of several rows gives, which computes all and leaves out the same neurons. */
    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16", "Q8_0", "Q4_0"})
    void skippingGivesWhatTheDensePathGivesWithTheSameNeuronsLeftOut(DataType type) {
        LlamaModel model = TestModel.load(type);
        LlamaModel sparse = sparse(model, 50);
        for (@Nullable Adapter adapter : adapters(model)) {
            Network steps = sparse.steps(adapter);
            float[] alone = hiddenOfSteps(sparse, steps);
            float[] together = hiddenOfRowsTogether(sparse, steps);
            double error = relative(alone, together);
            // Q4_0 is added up in another order by its inputs: then rounding to 8 bits and gates at the threshold fall
            // otherwise
            assertThat(error).isLessThan(type == DataType.Q4_0 ? 0.1 : 1e-4);
        }
    }

    @Test
    void nothingLeftOutIsTheDenseModel() {
        LlamaModel model = TestModel.load(DataType.BF16);
        assertThat(model.steps(null)).isSameAs(model.baseNetwork());
        LlamaModel none = sparse(model, 0);
        assertThat(relative(hiddenOfSteps(none, none.steps(null)), hiddenOfSteps(model, model.steps(null))))
                .isLessThan(1e-4);
    }

    @Test
    void whatIsLeftOutGrowsWithThePercentage() {
        LlamaModel model = TestModel.load(DataType.BF16);
        List<int[]> texts = List.of(model.tokenizer().encode(CODE));
        SparseLevels levels = SparseLevels.of(model, GateQuantiles.measure(model, texts), texts);
        for (int level = 0; level < levels.percents().size(); level++) {
            assertThat(levels.measured().get(level)).isCloseTo(levels.percents().get(level) / 100.0, within(0.01));
        }
        double dense = levels.perplexity(0, texts);
        assertThat(levels.perplexity(2, texts)).isBetween(0.9 * dense, 1.5 * dense);
        assertThat(levels.perplexity(4, texts)).isGreaterThan(levels.perplexity(2, texts));
    }

    @Test
    void promptsAndScoresStayDense() {
        LlamaModel model = TestModel.load(DataType.BF16);
        LlamaModel sparse = sparse(model, 90);
        int[] tokens = model.tokenizer().encode(CODE);
        assertThat(sparse.score(tokens, 1, null).nats())
                .containsExactly(model.score(tokens, 1, null).nats(), within(1e-6f));
        assertThat(first(sparse, tokens)).isEqualTo(first(model, tokens));
    }

    @Test
    void quantilesAreKeptFromStartToStartAndMeasuredAgainIfDamaged() throws IOException {
        LlamaModel model = TestModel.load(DataType.BF16);
        String text = CODE.repeat(5);
        GateQuantiles measured = GateQuantiles.of(model, text, Optional.of(folder));
        Path file;
        try (var files = Files.list(folder)) {
            file = files.findFirst().orElseThrow();
        }
        assertThat(file.getFileName().toString())
                .contains(model.info().digest().substring(7, 20))
                .endsWith(".json");
        String another = "An old house by the sea, where nobody had lived for years. ".repeat(60);
        assertThat(GateQuantiles.of(model, another, Optional.of(folder)).threshold(3, 50))
                .isEqualTo(measured.threshold(3, 50));
        Files.writeString(file, "{\"quantiles\": [[-1]]}");
        assertThat(GateQuantiles.of(model, another, Optional.of(folder)).threshold(3, 50))
                .isNotEqualTo(measured.threshold(3, 50))
                .isPositive();
    }

    private static LlamaModel sparse(LlamaModel model, int percent) {
        GateQuantiles gates =
                GateQuantiles.measure(model, List.of(model.tokenizer().encode(CODE)));
        return model.with(Sparsity.of(model, gates, percent));
    }

    /** None, and one of each form that answers beside up and down projections. */
    private static List<@Nullable Adapter> adapters(LlamaModel model) {
        List<@Nullable Adapter> adapters = new ArrayList<>();
        adapters.add(null);
        adapters.add(TestModel.goldenAdapter(model));
        TestSpecs.ALL.forEach(spec -> {
            Adapter fresh = model.freshAdapter(spec, 5);
            float[] values = TestModel.floats(fresh.values());
            for (int i = 0; i < values.length; i++) {
                values[i] += 0.02f * (i % 7 - 3);
            }
            adapters.add(model.adapterOf(spec, MemorySegment.ofArray(values)));
        });
        return adapters;
    }

    /** Hidden states (n, width) of tokens that go through a network one by one. */
    private static float[] hiddenOfSteps(LlamaModel model, Network steps) {
        int[] tokens = model.tokenizer().encode(CODE);
        float[] all = new float[tokens.length * model.transformer().config().width()];
        try (Session session = new Session(model.transformer(), model.baseNetwork(), steps, DataType.F32, 1)) {
            for (int i = 0; i < tokens.length; i++) {
                float[] hidden = TestModel.floats(session.step(tokens[i]).data());
                System.arraycopy(hidden, 0, all, i * hidden.length, hidden.length);
            }
        }
        return all;
    }

    /** The same where each token goes through the network in two rows at once, of two sequences that read the same. */
    private static float[] hiddenOfRowsTogether(LlamaModel model, Network steps) {
        int[] tokens = model.tokenizer().encode(CODE);
        int width = model.transformer().config().width();
        float[] all = new float[tokens.length * width];
        try (Session first = new Session(model.transformer(), steps, 1);
                Session second = new Session(model.transformer(), steps, 1);
                Pass pass = new Pass(model.transformer(), 2, steps)) {
            List<Pass.Part> rows = List.of(new Pass.Part(first.cache(), 0, 1), new Pass.Part(second.cache(), 1, 1));
            for (int i = 0; i < tokens.length; i++) {
                Tensor hidden = pass.run(steps, new int[] {tokens[i], tokens[i]}, rows);
                System.arraycopy(TestModel.floats(hidden.rows(0, 1).data()), 0, all, i * width, width);
            }
        }
        return all;
    }

    /** ‖a − b‖ / ‖b‖. */
    private static double relative(float[] a, float[] b) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < a.length; i++) {
            difference += (a[i] - b[i]) * (double) (a[i] - b[i]);
            size += b[i] * (double) b[i];
        }
        return Math.sqrt(difference / size);
    }

    private static String first(LlamaModel model, int[] prompt) {
        StringBuilder text = new StringBuilder();
        model.generate(new GenerationRequest(prompt, 1, Sampling.GREEDY, List.of()), null, event -> {
            if (event instanceof GenerationEvent.Piece piece) {
                text.append(piece.text());
            }
            return true;
        });
        return text.toString();
    }
}
