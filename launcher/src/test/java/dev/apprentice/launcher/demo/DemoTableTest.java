package dev.apprentice.launcher.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DemoTableTest {
    @Test
    void figuresStandBesideTheArticlesWithTheirRelativeChange() {
        DemoReport report = new DemoReport(
                "code",
                new DemoReport.Change<>(
                        new DemoReport.Personal(0.10, 0.2, 0.4, 400), new DemoReport.Personal(0.12, 0.3, 0.5, 400)),
                new DemoReport.Change<>(new DemoReport.Core(0.5, 2.0), new DemoReport.Core(0.49, 2.1)),
                new DemoReport.Latency(2.0, 2.1),
                1024,
                new DemoReport.Cycles(3, 2, 1),
                List.of(new DemoReport.Refusal("changed.jar", "because")),
                new DemoReport.Versions("1.0.0", "1.1.0", "1.0.0"),
                12.5,
                List.of(2.0, 1.9));
        assertThat(DemoTable.of(report))
                .contains("40.0 → 50.0 % (+25.0 %)", "10.0 → 12.0 % (+20.0 %)", "50.0 → 49.0 % (-2.0 %)")
                .contains("2.00 → 2.10 ms (+5.0 %)", "1.07 GB", "3 (2 committed, 1 discarded)", "62 → 78 %")
                .contains("exactly right of 400 next lines");
        assertThat(DemoTable.refusals(report.refusedInstalls())).contains("changed.jar", "because");
    }

    @Test
    void thePlotHoldsAPointForEachCycleAndEscapesItsTitle() {
        String svg = CurvePlot.svg("a < b", "nats", List.of(3.0, 2.0, 1.0));
        assertThat(svg).startsWith("<svg").contains("a &lt; b", "cycle 3", "1.000", "3.000");
        assertThat(svg.split("L", -1)).hasSizeGreaterThanOrEqualTo(3);
    }
}
