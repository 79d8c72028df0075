package dev.apprentice.openai.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SuffixStopTest {
    @Test
    void theFirstLineOfTheSuffixEndsAnAnswer() {
        assertThat(SuffixStop.of("        return total;\n    }\n")).contains("        return total;");
        assertThat(SuffixStop.of("return total;")).contains("return total;");
    }

    @Test
    void aShortBeginningTakesMoreLines() {
        assertThat(SuffixStop.of(";\n    }\n\n    int size() {\n")).contains(";\n    }\n\n    int size() {");
        assertThat(SuffixStop.of("\n\n  int next = 1;\nx")).contains("\n\n  int next = 1;");
    }

    @Test
    void whatMayWellBePartOfTheGapEndsNothing() {
        assertThat(SuffixStop.of("")).isEmpty();
        assertThat(SuffixStop.of(");\n}\n")).isEmpty();
    }
}
