package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.DataType;
import dev.apprentice.model.GenerationEvent;
import dev.apprentice.model.GenerationRequest;
import dev.apprentice.model.Recall;
import dev.apprentice.model.Sampling;
import dev.apprentice.model.Scores;
import dev.apprentice.testkit.RecordedRecall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecallMixerTest {
    private final LlamaModel model = TestModel.load(DataType.BF16);

    @Test
    void theMixtureIsThatOfTheProbabilities() {
        int[] tokens = model.tokenizer().encode("for (int i = 0; i < count; i++) {\n    total += i;\n}\n");
        float[] alone = model.score(tokens, 3, null).nats();
        double weight = 0.3;
        for (int told : new int[] {tokens[7], 4321}) {
            RecordedRecall recall = RecordedRecall.foretelling(
                    new Recall.Foretold(new int[] {told, 77}, new double[] {0.75, 0.25}, weight));
            float[] mixed = model.score(tokens, 3, null, recall).nats();
            for (int i = 0; i < mixed.length; i++) {
                double share = tokens[3 + i] == told ? 0.75 : tokens[3 + i] == 77 ? 0.25 : 0;
                double expected = (1 - weight) * Math.exp(-alone[i]) + weight * share;
                assertThat(Math.exp(-mixed[i])).isCloseTo(expected, within(1e-5 + 1e-4 * expected));
            }
            assertThat(recall.tokensRead()).hasSize(tokens.length - 1);
        }
    }

    @Test
    void whatIsRecalledForSureIsHeldLikeliest() {
        int[] tokens = model.tokenizer().encode("return name == null ? \"\" : name;\n");
        Scores scores = model.score(
                tokens,
                1,
                null,
                RecordedRecall.foretelling(new Recall.Foretold(new int[] {777}, new double[] {1}, 0.98)));

        assertThat(scores.best()).containsOnly(777);
    }

    @Test
    void generationFollowsWhatIsRecalledAndSaysWhatItWrote() {
        int[] prompt = model.tokenizer().encode("int value = ");
        RecordedRecall recall =
                RecordedRecall.foretelling(new Recall.Foretold(new int[] {777}, new double[] {1}, 0.98));
        StringBuilder text = new StringBuilder();
        model.generate(new GenerationRequest(prompt, 3, Sampling.GREEDY, List.of()), null, recall, event -> {
            if (event instanceof GenerationEvent.Piece piece) {
                text.append(piece.text());
            }
            return true;
        });

        assertThat(text).hasToString(model.tokenizer().decode(new int[] {777, 777, 777}));
        assertThat(recall.tokensRead()).isEmpty();
        assertThat(recall.tokensWritten()).containsExactly(777, 777);
    }

    @Test
    void recallIsGivenTheStatesFromWhichTokensAreForetold() {
        int[] tokens = model.tokenizer().encode("for (int i = 0; i < count; i++) {\n    total += i;\n}\n");
        RecordedRecall recall = RecordedRecall.foretelling(new Recall.Foretold(new int[] {777}, new double[] {1}, 0.5));
        model.score(tokens, 4, null, recall);

        assertThat(recall.lasts()).containsExactly(tokens[0], tokens[1], tokens[2]);
        assertThat(recall.nexts()).containsExactly(tokens[1], tokens[2], tokens[3]);
        float[] expected = model.states(tokens, 1);
        int width = model.info().width();
        assertThat(recall.states()).hasSize(tokens.length - 1);
        for (int i = 0; i < recall.states().size(); i++) {
            assertThat(recall.states().get(i))
                    .containsExactly(Arrays.copyOfRange(expected, i * width, (i + 1) * width));
        }
    }

    @Test
    void aPromptFromTheCacheBringsTheSameStates() {
        int[] prompt = new int[300];
        Arrays.setAll(prompt, i -> 100 + i * 7 % 500);
        List<RecordedRecall> rounds = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            RecordedRecall recall =
                    RecordedRecall.foretelling(new Recall.Foretold(new int[] {777}, new double[] {1}, 0.98));
            model.generate(new GenerationRequest(prompt, 2, Sampling.GREEDY, List.of()), null, recall, event -> true);
            rounds.add(recall);
        }

        assertThat(rounds.get(0).lasts()).hasSize(prompt.length - 1);
        assertThat(rounds.get(1).lasts()).isEqualTo(rounds.get(0).lasts());
        assertThat(rounds.get(1).nexts()).isEqualTo(rounds.get(0).nexts());
        assertThat(rounds.get(1).states()).hasSameSizeAs(rounds.get(0).states());
        for (int i = 0; i < rounds.get(0).states().size(); i++) {
            assertThat(rounds.get(1).states().get(i))
                    .containsExactly(rounds.get(0).states().get(i));
        }
    }
}
