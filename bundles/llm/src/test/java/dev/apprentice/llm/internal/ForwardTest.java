package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Tensor;
import dev.apprentice.model.GenerationEvent;
import dev.apprentice.model.GenerationRequest;
import dev.apprentice.model.Sampling;
import dev.apprentice.model.Scores;
import dev.apprentice.testkit.Golden;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ForwardTest {
    private static final Golden GOLDEN = Golden.tensors("forward.safetensors");

    @ParameterizedTest
    @CsvSource({"F32, 1e-4, 1e-4", "BF16, 1e-2, 0.01", "Q8_0, 0.03, 0.02", "Q4_0, 0.25, 0.25"})
    void logitsAndLossAgreeWithPyTorch(DataType type, double tolerance, double lossTolerance) {
        LlamaModel model = TestModel.load(type);
        int[] tokens = GOLDEN.integers("input_ids");

        double error = Golden.relativeError(TestModel.logits(model, tokens, null), GOLDEN.floats("logits"));
        double loss = model.score(tokens, 1, null).meanNats();

        double expected = Double.parseDouble(GOLDEN.metadata("loss_mean_next_token"));
        System.out.printf(
                Locale.ROOT,
                "forward %s: relative error of logits %.2e, loss %.6f (PyTorch %.6f)%n",
                type,
                error,
                loss,
                expected);
        assertThat(error).isLessThan(tolerance);
        assertThat(loss).isCloseTo(expected, within(lossTolerance));
    }

    @Test
    void oneTokenAtATimeEqualsAllAtOnce() {
        LlamaModel model = TestModel.load(DataType.F32);
        int[] tokens = GOLDEN.integers("input_ids");
        float[] atOnce = TestModel.logits(model, tokens, null);

        List<Float> stepwise = new ArrayList<>();
        try (Session session = new Session(model.transformer(), model.baseNetwork(), 5);
                Arena arena = Arena.ofShared()) {
            read(model, session, Arrays.copyOf(tokens, 5), arena, stepwise);
            for (int i = 5; i < tokens.length; i++) {
                read(model, session, new int[] {tokens[i]}, arena, stepwise);
            }
        }

        float[] values = new float[atOnce.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = stepwise.get(i);
        }
        assertThat(Golden.relativeError(values, atOnce)).isLessThan(1e-5);
    }

    private static void read(LlamaModel model, Session session, int[] tokens, Arena arena, List<Float> into) {
        Tensor logits = Tensor.allocate(arena, tokens.length, model.info().vocabulary());
        model.transformer().head(model.weights(), session.read(tokens), logits);
        for (float value : TestModel.floats(logits.data())) {
            into.add(value);
        }
    }

    @Test
    void greedyContinuationsAreThoseOfPyTorch() {
        LlamaModel model = TestModel.load(DataType.F32);
        for (JsonNode example : Golden.json("greedy.json")) {
            int[] prompt = example.path("prompt_ids")
                    .valueStream()
                    .mapToInt(JsonNode::intValue)
                    .toArray();
            StringBuilder text = new StringBuilder();

            model.generate(new GenerationRequest(prompt, 32, Sampling.GREEDY, List.of()), null, event -> {
                if (event instanceof GenerationEvent.Piece piece) {
                    text.append(piece.text());
                }
                return true;
            });

            assertThat(model.tokenizer().encode(example.path("prompt").stringValue()))
                    .isEqualTo(prompt);
            assertThat(text.toString()).isEqualTo(example.path("text").stringValue());
        }
    }

    @Test
    void scoresFromALaterTokenAreTheEndOfAllScores() {
        LlamaModel model = TestModel.load(DataType.F32);
        int[] tokens = GOLDEN.integers("input_ids");

        Scores all = model.score(tokens, 1, null);
        Scores end = model.score(tokens, 40, null);

        assertThat(end.best()).isEqualTo(Arrays.copyOfRange(all.best(), 39, 63));
        assertThat(Golden.relativeError(end.nats(), Arrays.copyOfRange(all.nats(), 39, 63)))
                .isLessThan(1e-5);
        assertThat(end.hitCount()).isBetween(1, 24);
    }
}
