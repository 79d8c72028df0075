package dev.apprentice.launcher.command;

import dev.apprentice.launcher.Distribution;
import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.ProgressLine;
import dev.apprentice.launcher.Settings;
import dev.apprentice.launcher.bench.InstallBench;
import dev.apprentice.launcher.bench.InstallReport;
import dev.apprentice.launcher.bench.MarketBench;
import dev.apprentice.launcher.bench.MarketReport;
import dev.apprentice.launcher.client.Connection;
import dev.apprentice.launcher.demo.TemporaryHome;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** Measures changes of the shelf by a big skill, and search and refresh of a big marketplace. */
@Command(
        name = "install",
        description =
                "Measure install, update, rollback and removal of a skill, and search and refresh of a marketplace,"
                        + " over loopback.",
        mixinStandardHelpOptions = true)
final class InstallBenchCommand implements Callable<Integer> {
    private static final int MOST_MEGABYTES = 60;
    private static final int FEWEST_SKILLS = 1000;

    @Mixin
    private JsonOption output = new JsonOption();

    @Option(names = "--megabytes", description = "Size of the skill (default: ${DEFAULT-VALUE}).")
    private int megabytes = 20;

    @Option(names = "--rounds", description = "How often to measure (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(names = "--skills", description = "Size of the marketplace (default: ${DEFAULT-VALUE}).")
    private int skills = 100_000;

    @Override
    public Integer call() {
        if (megabytes < 1 || megabytes > MOST_MEGABYTES || rounds < 1) {
            throw new LauncherException(
                    "The size must be 1 to " + MOST_MEGABYTES + " MB and the rounds at least 1: change them");
        }
        if (skills < FEWEST_SKILLS) {
            throw new LauncherException("The marketplace must have at least " + FEWEST_SKILLS + " skills: change it");
        }
        InstallReport report;
        try (TemporaryHome place = TemporaryHome.of(null);
                Connection connection =
                        Connection.start(Settings.read(place.path()).withPort(0));
                ProgressLine progress = new ProgressLine()) {
            MarketReport market = new MarketBench(connection.client()).run(skills, rounds, progress);
            report = new InstallBench(connection.client())
                    .run(Distribution.current(), megabytes * 1_000_000, rounds, market, progress);
        }
        if (output.json) {
            System.out.println(
                    JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(report));
        } else {
            text(report);
        }
        return 0;
    }

    private static void text(InstallReport report) {
        System.out.printf(
                Locale.ROOT,
                "a skill of %.1f MB over loopback, medians of %d%n%n%-10s %10s %10s %18s %10s%n",
                report.skillBytes() / 1e6,
                report.rounds(),
                "change",
                "total ms",
                "gate ms",
                "ms besides gate",
                "target");
        for (InstallReport.Row row : report.rows()) {
            System.out.printf(
                    Locale.ROOT,
                    "%-10s %10.0f %10.0f %18.0f %10s%n",
                    row.change(),
                    row.total(),
                    row.gate(),
                    row.besidesGate(),
                    String.format(Locale.ROOT, "< %.0f", row.target()));
        }
        text(report.market());
    }

    private static void text(MarketReport market) {
        System.out.printf(
                Locale.ROOT,
                "%na marketplace of %,d skills over loopback, %d searches%n%n%-28s %10s %10s %10s %10s%n",
                market.skills(),
                market.searches(),
                "search",
                "first ms",
                "median ms",
                "slowest ms",
                "target");
        System.out.printf(
                Locale.ROOT,
                "%-28s %10.1f %10.1f %10.1f %10s%n%n%-28s %10s %10s%n",
                "over the API",
                market.firstSearch(),
                market.medianSearch(),
                market.slowestSearch(),
                String.format(Locale.ROOT, "< %.0f", market.searchTarget()),
                "refresh",
                "kB",
                "ms");
        refresh("first", market.firstRefreshBytes(), market.firstRefresh());
        refresh("after one skill has changed", market.changeRefreshBytes(), market.changeRefresh());
    }

    private static void refresh(String what, long bytes, double millis) {
        System.out.printf(Locale.ROOT, "%-28s %10.0f %10.0f%n", what, bytes / 1e3, millis);
    }
}
