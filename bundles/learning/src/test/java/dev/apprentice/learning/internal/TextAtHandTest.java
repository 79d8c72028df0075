package dev.apprentice.learning.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.testkit.RecordedRecall;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextAtHandTest {
    private static final String CLASS = "class A {\n    int first = 1;\n    int second = first + 1;\n}\n";

    @Test
    void readsWhatStandsBeforeAndLeavesTheModelItsOwnTokens() {
        String before = CLASS.substring(0, CLASS.indexOf("first + 1"));
        int[] tokens = TestPlatform.MODEL.tokenizer().encode(before);
        RecordedRecall recall = RecordedRecall.foretellingNothing();
        new TextAtHand(TestPlatform.MODEL, CLASS).readUpTo(before, 3, recall);

        assertThat(recall.tokensRead()).containsExactlyElementsOf(boxed(tokens));
        assertThat(recall.tokensWritten()).isEmpty();
        assertThat(recall.lasts()).containsExactlyElementsOf(boxed(Arrays.copyOf(tokens, tokens.length - 4)));
        assertThat(recall.nexts()).containsExactlyElementsOf(boxed(Arrays.copyOfRange(tokens, 1, tokens.length - 3)));
        int[] all = TestPlatform.MODEL.tokenizer().encode(CLASS);
        float[] expected = TestPlatform.MODEL.states(all, 1);
        int width = TestPlatform.MODEL.info().width();
        for (int i = 0; i < recall.states().size(); i++) {
            assertThat(recall.states().get(i))
                    .containsExactly(Arrays.copyOfRange(expected, i * width, (i + 1) * width));
        }
    }

    @Test
    void aLongTextIsReadAsFarAsARequestMayHold() {
        String text = CLASS.repeat(150);
        int[] tokens = TestPlatform.MODEL.tokenizer().encode(text);
        int most = TestPlatform.MODEL.info().contextLength();
        assertThat(tokens.length).isGreaterThan(most);
        RecordedRecall recall = RecordedRecall.foretellingNothing();
        new TextAtHand(TestPlatform.MODEL, text).readUpTo(text, 0, recall);

        assertThat(recall.tokensRead())
                .containsExactlyElementsOf(boxed(Arrays.copyOfRange(tokens, tokens.length - most, tokens.length)));
        assertThat(recall.tokensWritten()).isEmpty();
        assertThat(recall.nexts()).containsExactlyElementsOf(recall.tokensRead().subList(1, most));
        assertThat(recall.states())
                .hasSize(most - 1)
                .allSatisfy(state ->
                        assertThat(state).hasSize(TestPlatform.MODEL.info().width()));
    }

    private static List<Integer> boxed(int[] tokens) {
        return Arrays.stream(tokens).boxed().toList();
    }
}
