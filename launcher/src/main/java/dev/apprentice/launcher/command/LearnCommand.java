package dev.apprentice.launcher.command;

import dev.apprentice.launcher.ProgressLine;
import dev.apprentice.launcher.client.Connection;
import dev.apprentice.launcher.client.LearnRequest;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Takes in a folder of source and learns from it. */
@Command(
        name = "learn",
        description = "Take in a folder of Java source and learn from it.",
        mixinStandardHelpOptions = true)
final class LearnCommand implements Callable<Integer> {
    @Mixin
    private HomeOption home = new HomeOption();

    @Mixin
    private JsonOption output = new JsonOption();

    @Mixin
    private SkillOption skill = new SkillOption();

    @Parameters(paramLabel = "DIR", description = "The folder.")
    private Path folder = Path.of("");

    @Mixin
    private MeasuredOption measured = new MeasuredOption();

    @Option(names = "--cycles", description = "Learning cycles to run afterwards (default: ${DEFAULT-VALUE}).")
    private int cycles = 0;

    @Override
    public Integer call() {
        try (Connection connection = home.connect();
                ProgressLine progress = new ProgressLine()) {
            LearnRequest request =
                    new LearnRequest(folder.toAbsolutePath().normalize().toString(), measured.tokens);
            JsonNode ingested = connection.client().work(skill.path() + "/learn", request, progress::event);
            ObjectNode report = ingested.asObject().deepCopy();
            if (cycles > 0) {
                report.set("cycles", CycleCommand.run(connection.client(), skill, cycles, progress));
            }
            progress.finish();
            output.print(report, LearnCommand::text);
        }
        return 0;
    }

    private static void text(JsonNode report) {
        System.out.printf(
                "In the order of %s: %d experiences from %d files; what was written later, in %d files, is held out for measuring; %d skipped.%n",
                report.path("order").asString(),
                report.path("experiences").asInt(),
                report.path("learnFiles").asInt(),
                report.path("heldOutFiles").asInt(),
                report.path("skipped").asInt());
        CycleCommand.text(report.path("cycles"));
    }
}
