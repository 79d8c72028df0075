package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextStreamTest {
    @Test
    void charactersAppearWhenTheirLastByteIsThere() {
        Utf8Stream stream = new Utf8Stream();
        byte[] emoji = "a🙂".getBytes(StandardCharsets.UTF_8);
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            shown.append(stream.add(new byte[] {emoji[i]}));
            assertThat(shown).hasToString("a");
        }
        assertThat(stream.add(new byte[] {emoji[4]})).isEqualTo("🙂");
        assertThat(stream.finish()).isEmpty();
    }

    @Test
    void brokenBytesBecomeReplacementCharacters() {
        Utf8Stream stream = new Utf8Stream();

        assertThat(stream.add(new byte[] {(byte) 0xff, 'x', (byte) 0xf0})).isEqualTo("\ufffdx");
        assertThat(stream.finish()).isEqualTo("\ufffd");
    }

    @Test
    void whatMayBecomeAStopStringIsHeldBack() {
        StopFilter filter = new StopFilter(List.of("\n\n", "END"));

        assertThat(filter.add("one\n")).isEqualTo("one");
        assertThat(filter.add("two E")).isEqualTo("\ntwo ");
        assertThat(filter.add("N")).isEmpty();
        assertThat(filter.add("ORMOUS")).isEqualTo("ENORMOUS");
        assertThat(filter.stopped()).isFalse();
        assertThat(filter.add("\nE")).isEqualTo("\n");
        assertThat(filter.add("NDLESS")).isEmpty();
        assertThat(filter.stopped()).isTrue();
    }

    @Test
    void theEarliestStopWinsAndWhatWasHeldIsGivenBack() {
        assertThat(new StopFilter(List.of("later", "soon")).add("so soon, later"))
                .isEqualTo("so ");
        StopFilter filter = new StopFilter(List.of("aab"));
        assertThat(filter.add("aaa")).isEqualTo("a");
        assertThat(filter.finish()).isEqualTo("aa");
    }

    @Test
    void referenceTextsAreSplitAtTheirLines() {
        assertThat(BundledReferenceTexts.snippets("a\n=====\nb ===== c\n=====\n\n"))
                .containsExactly("a\n", "b ===== c\n");
    }
}
