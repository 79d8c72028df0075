package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.compute.DataType;
import dev.apprentice.model.Tokenizer;
import dev.apprentice.testkit.Golden;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class TokenizerTest {
    private final Tokenizer tokenizer = TestModel.load(DataType.BF16).tokenizer();

    static Stream<JsonNode> examples() {
        return Golden.json("tokenizer.json").valueStream();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void idsAreThoseOfTheReference(JsonNode example) {
        String text = example.path("text").stringValue();
        int[] ids =
                example.path("ids").valueStream().mapToInt(JsonNode::intValue).toArray();

        assertThat(tokenizer.encode(text)).isEqualTo(ids);
        assertThat(tokenizer.decode(ids)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<|endoftext|>",
                "a<|im_end|>\n<|im_start|>system",
                "<|fim_prefix|><|fim_prefix|>",
                "\u0000\ufffd\u202e"
            })
    void textThatSpellsASpecialTokenIsPlainText(String text) {
        int[] ids = tokenizer.encode(text);

        assertThat(IntStream.of(ids)).allMatch(id -> id < 8184);
        assertThat(tokenizer.decode(ids)).isEqualTo(text);
    }

    @Test
    void specialTokensAreKnownByNameAndStandForNoText() {
        assertThat(tokenizer.special("<|fim_middle|>")).hasValue(8187);
        assertThat(tokenizer.special("<|unheard_of|>")).isEmpty();
        assertThat(tokenizer.endOfText()).isEqualTo(8184);
        assertThat(tokenizer.decode(new int[] {8184, 87, 8191})).isEqualTo("x");
    }

    @Test
    void longTextsAreNotCutOff() {
        String text = "int value = 1;\n".repeat(20_000);
        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    }

    @Test
    void fillInTheMiddleAsksInTheModelsOwnMarkers() {
        int[] prompt =
                TestModel.load(DataType.BF16).fillInTheMiddle("int x = ", ";\n").orElseThrow();

        assertThat(prompt).startsWith(8185).endsWith(8187).contains(8186);
        assertThat(tokenizer.decode(prompt)).isEqualTo("int x = ;\n");
    }
}
