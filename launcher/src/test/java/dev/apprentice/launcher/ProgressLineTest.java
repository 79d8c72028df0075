package dev.apprentice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    @Test
    void theCurveSpansFromTheLowestToTheHighestBlock() {
        assertThat(ProgressLine.sparkline(List.of(2.0, 1.5, 1.0))).isEqualTo("█▅▁");
        assertThat(ProgressLine.sparkline(List.of(1.0, 1.0))).isEqualTo("▁▁");
        assertThat(ProgressLine.sparkline(List.of())).isEmpty();
    }
}
