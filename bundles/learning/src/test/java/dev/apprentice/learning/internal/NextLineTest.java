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
        List<NextLine> places = NextLine.spread(List.of(file(0, 9)), 100);

        assertThat(places).extracting(NextLine::line).containsExactly("int first = 1;", "int second = 2;");
        // the last blank of the indentation belongs to the first word
        assertThat(places.getFirst().before()).endsWith("class A {\n   ");
        assertThat(DOCUMENT)
                .startsWith(places.getLast().before() + " " + places.getLast().line());
    }

    @Test
    void spreadsPlacesEvenlyAndTheSameEveryTime() {
        List<HeldOut> files = List.of(file(0, 9), file(0, 9), file(0, 9));

        assertThat(NextLine.spread(files, 3)).hasSize(3).isEqualTo(NextLine.spread(files, 3));
    }

    @Test
    void asksForNoLineThatDoesNotCount() {
        assertThat(NextLine.spread(List.of(file(6, 9)), 100))
                .extracting(NextLine::line)
                .containsExactly("int second = 2;");
    }

    private static HeldOut file(int from, int to) {
        return new HeldOut("A.java", DOCUMENT, List.of(new LineRange(from, to)));
    }

    @Test
    void similarityIsOneMinusTheShareOfEdits() {
        assertThat(EditDistance.similarity("kitten", "sitting")).isCloseTo(1 - 3 / 7.0, within(1e-12));
        assertThat(EditDistance.similarity("", "")).isEqualTo(1);
        assertThat(EditDistance.similarity("abc", "")).isZero();
    }
}
