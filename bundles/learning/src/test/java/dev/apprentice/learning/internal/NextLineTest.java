package dev.apprentice.learning.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class NextLineTest {
    private static final String DOCUMENT = """
            package a;

            import java.util.List;

            class A {
                int first = 1;
                // a comment that is long enough
                int second = 2;
            }
            """;

    @Test
    void asksForLinesThatSayMoreThanBracketsImportsAndComments() {
        List<NextLine> places = NextLine.spread(List.of(DOCUMENT), 100);

        assertThat(places).extracting(NextLine::line).containsExactly("int first = 1;", "int second = 2;");
        // the last blank of the indentation belongs to the first word
        assertThat(places.getFirst().before()).endsWith("class A {\n   ");
        assertThat(DOCUMENT)
                .startsWith(places.getLast().before() + " " + places.getLast().line());
    }

    @Test
    void spreadsPlacesEvenlyAndTheSameEveryTime() {
        List<String> documents = List.of(DOCUMENT, DOCUMENT, DOCUMENT);

        assertThat(NextLine.spread(documents, 3)).hasSize(3).isEqualTo(NextLine.spread(documents, 3));
    }

    @Test
    void similarityIsOneMinusTheShareOfEdits() {
        assertThat(EditDistance.similarity("kitten", "sitting")).isCloseTo(1 - 3 / 7.0, within(1e-12));
        assertThat(EditDistance.similarity("", "")).isEqualTo(1);
        assertThat(EditDistance.similarity("abc", "")).isZero();
    }
}
