package dev.apprentice.learning.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.model.Recall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TextAtHandTest {
    private static final String CLASS = "class A {\n    int first = 1;\n    int second = first + 1;\n}\n";

    /** Keeps what it is told. */
    private static final class Recorded implements Recall {
        private final List<Integer> read = new ArrayList<>();
        private final List<Integer> lasts = new ArrayList<>();
        private final List<Integer> nexts = new ArrayList<>();
        private final List<float[]> states = new ArrayList<>();

        @Override
        public void read(int token) {
            read.add(token);
        }

        @Override
        public void wrote(int token) {
            throw new AssertionError("nothing is written here");
        }

        @Override
        public void seen(int last, float[] state, int next) {
            lasts.add(last);
            nexts.add(next);
            states.add(state);
        }

        @Override
        public Optional<Foretold> next(float[] state, double surest) {
            return Optional.empty();
        }
    }

    @Test
    void readsWhatStandsBeforeAndLeavesTheModelItsOwnTokens() {
        String before = CLASS.substring(0, CLASS.indexOf("first + 1"));
        int[] tokens = TestPlatform.MODEL.tokenizer().encode(before);
        Recorded recall = new Recorded();
        new TextAtHand(TestPlatform.MODEL, CLASS).readUpTo(before, 3, recall);

        assertThat(recall.read).containsExactlyElementsOf(boxed(tokens));
        assertThat(recall.lasts).containsExactlyElementsOf(boxed(Arrays.copyOf(tokens, tokens.length - 4)));
        assertThat(recall.nexts).containsExactlyElementsOf(boxed(Arrays.copyOfRange(tokens, 1, tokens.length - 3)));
        int[] all = TestPlatform.MODEL.tokenizer().encode(CLASS);
        float[] expected = TestPlatform.MODEL.states(all, 1);
        int width = TestPlatform.MODEL.info().width();
        for (int i = 0; i < recall.states.size(); i++) {
            assertThat(recall.states.get(i)).containsExactly(Arrays.copyOfRange(expected, i * width, (i + 1) * width));
        }
    }

    @Test
    void aLongTextIsReadAsFarAsARequestMayHold() {
        String text = CLASS.repeat(150);
        int[] tokens = TestPlatform.MODEL.tokenizer().encode(text);
        int most = TestPlatform.MODEL.info().contextLength();
        assertThat(tokens.length).isGreaterThan(most);
        Recorded recall = new Recorded();
        new TextAtHand(TestPlatform.MODEL, text).readUpTo(text, 0, recall);

        assertThat(recall.read)
                .containsExactlyElementsOf(boxed(Arrays.copyOfRange(tokens, tokens.length - most, tokens.length)));
        assertThat(recall.nexts).containsExactlyElementsOf(recall.read.subList(1, most));
        assertThat(recall.states)
                .hasSize(most - 1)
                .allSatisfy(state ->
                        assertThat(state).hasSize(TestPlatform.MODEL.info().width()));
    }

    private static List<Integer> boxed(int[] tokens) {
        return Arrays.stream(tokens).boxed().toList();
    }
}
