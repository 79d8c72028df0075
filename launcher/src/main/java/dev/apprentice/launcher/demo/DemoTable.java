package dev.apprentice.launcher.demo;

import java.util.List;
import java.util.Locale;

/** The article's table with ours beside it. */
public final class DemoTable {
    private static final String ROW = "  %-38s %22s   %s%n";

    private DemoTable() {}

    /** The table as text, ending with a line break. */
    public static String of(DemoReport report) {
        DemoReport.Personal before = report.personal().before();
        DemoReport.Personal after = report.personal().after();
        DemoReport.Core coreBefore = report.core().before();
        DemoReport.Core coreAfter = report.core().after();
        DemoReport.Latency latency = report.latencyMsPerToken();
        StringBuilder table = new StringBuilder();
        table.append(row("", "article (8B, RTX 4090)", "here (16 M, CPU)"));
        table.append(row("personal: next token right (top-1)", "–", percent(before.top1(), after.top1())));
        table.append(row(
                "personal: exactly right of " + after.lines() + " next lines",
                "62 → 78 % (+25.8 %)",
                percent(before.exactMatch(), after.exactMatch())));
        table.append(row(
                "personal: edit similarity of next line",
                "–",
                percent(before.editSimilarity(), after.editSimilarity())));
        table.append(row(
                "general knowledge: core top-1",
                "68.5 → 67.8 % (−1.0 %)",
                percent(coreBefore.top1(), coreAfter.top1())));
        table.append(row(
                "general knowledge: core nats per token",
                "–",
                String.format(Locale.ROOT, "%.3f → %.3f", coreBefore.nats(), coreAfter.nats())));
        table.append(row(
                "latency per token, base → adapted",
                "45 → 48 ms (+6.7 %)",
                String.format(
                        Locale.ROOT,
                        "%.2f → %.2f ms (%+.1f %%)",
                        latency.base(),
                        latency.adapted(),
                        relative(latency.base(), latency.adapted()))));
        table.append(row(
                "peak memory while learning",
                "18.2 GB",
                String.format(Locale.ROOT, "%.2f GB", report.learningPeakMiB() / 953.674)));
        table.append(row(
                "user cycles",
                "100",
                report.cycles().run() + " (" + report.cycles().committed() + " committed, "
                        + report.cycles().discarded() + " discarded)"));
        return table.toString();
    }

    /** What was refused, a line each. */
    public static String refusals(List<DemoReport.Refusal> refusals) {
        StringBuilder lines = new StringBuilder();
        for (DemoReport.Refusal refusal : refusals) {
            lines.append(String.format("  refused %-38s %s%n", refusal.file(), refusal.reason()));
        }
        return lines.toString();
    }

    private static String row(String what, String article, String ours) {
        return String.format(ROW, what, article, ours);
    }

    private static String percent(double before, double after) {
        return String.format(
                Locale.ROOT, "%.1f → %.1f %% (%+.1f %%)", 100 * before, 100 * after, relative(before, after));
    }

    /** Change in per cent of what was before; 0 where there was nothing. */
    private static double relative(double before, double after) {
        return before == 0 ? 0 : 100 * (after / before - 1);
    }
}
