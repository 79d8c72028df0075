package dev.apprentice.launcher.command;

import dev.apprentice.launcher.Distribution;
import dev.apprentice.launcher.Settings;
import dev.apprentice.launcher.client.Connection;
import dev.apprentice.launcher.demo.MarketDemo;
import dev.apprentice.launcher.demo.MarketDemoReport;
import dev.apprentice.launcher.demo.TemporaryHome;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.json.JsonMapper;

/** Shows a marketplace from its first publication to its recovery from thieves. */
@Command(
        name = "demo",
        description =
                "Build a marketplace in a temporary folder, serve it on loopback, and install, update, roll back, revoke and recover.",
        mixinStandardHelpOptions = true)
final class MarketDemoCommand implements Callable<Integer> {
    @Mixin
    private JsonOption output = new JsonOption();

    @Override
    public Integer call() {
        try (TemporaryHome place = TemporaryHome.of(null)) {
            Path home = place.path().resolve("home");
            try (Connection connection = Connection.start(Settings.read(home).withPort(0))) {
                MarketDemoReport report =
                        MarketDemo.run(connection.client(), home, place.path(), Distribution.current(), this::print);
                if (output.json) {
                    System.out.println(
                            JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(report));
                } else {
                    System.out.printf(
                            Locale.ROOT,
                            "%nAll %d steps did what they must; the whole took %.0f s.%n",
                            report.steps().size(),
                            report.seconds());
                }
            }
        }
        return 0;
    }

    private void print(MarketDemoReport.Step step) {
        if (output.json) {
            System.err.println(step.name() + " …");
        } else {
            System.out.printf(Locale.ROOT, "%-26s %5.1f s  %s%n", step.name(), step.seconds(), step.outcome());
        }
    }
}
