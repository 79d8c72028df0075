package dev.apprentice.launcher.command;

import dev.apprentice.launcher.Distribution;
import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.ProgressLine;
import dev.apprentice.launcher.Settings;
import dev.apprentice.launcher.client.Connection;
import dev.apprentice.launcher.demo.CurvePlot;
import dev.apprentice.launcher.demo.Demo;
import dev.apprentice.launcher.demo.DemoReport;
import dev.apprentice.launcher.demo.DemoTable;
import dev.apprentice.launcher.demo.TemporaryHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** Does the main job once, from keys to rollback, on real code. */
@Command(
        name = "demo",
        description =
                "Install a signed skill, let it learn from a folder of Java, measure it, update it and roll it back.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    @Mixin
    private JsonOption output = new JsonOption();

    @Option(names = "--code", paramLabel = "DIR", description = "Folder of Java source (default: this project's own).")
    private @Nullable Path code;

    @Option(names = "--cycles", description = "User cycles to live (default: ${DEFAULT-VALUE}).")
    private int cycles = 100;

    @Mixin
    private MeasuredOption measured = new MeasuredOption();

    @Option(names = "--home", paramLabel = "DIR", description = "An empty home folder (default: a temporary one).")
    private @Nullable Path home;

    @Option(names = "--serve", description = "Leave the console running afterwards.")
    private boolean serve;

    @Option(names = "--plot", paramLabel = "FILE", description = "Write the learning curve as SVG.")
    private @Nullable Path plot;

    @Override
    public Integer call() throws InterruptedException {
        Path folder = (code == null ? ownSources() : code).toAbsolutePath().normalize();
        try (TemporaryHome place = TemporaryHome.of(home)) {
            Settings settings = Settings.read(place.path());
            try (Connection connection = Connection.start(serve ? settings : settings.withPort(0))) {
                DemoReport report;
                try (ProgressLine progress = new ProgressLine()) {
                    report = new Demo(connection.client(), Distribution.current(), progress)
                            .run(folder, cycles, measured.tokens);
                }
                print(report);
                if (plot != null) {
                    write(
                            plot,
                            CurvePlot.svg(
                                    "Personal loss by user cycle",
                                    "nats per token on code not trained on",
                                    report.curve()));
                }
                if (serve) {
                    StartCommand.serve(connection);
                }
            }
        }
        return 0;
    }

    private void print(DemoReport report) {
        if (output.json) {
            System.out.println(
                    JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(report));
            return;
        }
        System.out.println();
        System.out.print(DemoTable.of(report));
        System.out.println();
        System.out.print(DemoTable.refusals(report.refusedInstalls()));
        System.out.printf(
                Locale.ROOT,
                "  version %s → %s under load → back at %s; the whole took %.0f s%n",
                report.versions().installed(),
                report.versions().updated(),
                report.versions().rolledBack(),
                report.seconds());
    }

    private static Path ownSources() {
        Path project = Path.of(System.getProperty("apprentice.project", "."));
        if (!Files.isDirectory(project.resolve("launcher"))) {
            throw new LauncherException(
                    "The project's own sources were not found at " + project + ": name a folder with --code DIR");
        }
        return project;
    }

    private static void write(Path file, String content) {
        try {
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new LauncherException("The plot " + file + " cannot be written: choose another file", e);
        }
    }
}
