package dev.apprentice.launcher.command;

import dev.apprentice.launcher.ProgressLine;
import dev.apprentice.launcher.client.Connection;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Takes over an adapter that was learned elsewhere. */
@Command(
        name = "import",
        description = {
            "Take over an adapter in PEFT form that was learned elsewhere for the same base and in the shape of the skill's.",
            "It becomes a commit if it makes nothing worse; 'apprentice history rollback' undoes that."
        },
        mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
    @Mixin
    private HomeOption home = new HomeOption();

    @Mixin
    private JsonOption output = new JsonOption();

    @Mixin
    private SkillOption skill = new SkillOption();

    @Parameters(paramLabel = "DIR", description = "The folder with adapter_config.json and adapter_model.safetensors.")
    private Path folder = Path.of("");

    @Override
    public Integer call() {
        Map<String, String> request =
                Map.of("folder", folder.toAbsolutePath().normalize().toString());
        try (Connection connection = home.connect();
                ProgressLine progress = new ProgressLine()) {
            JsonNode commit = connection.client().work(skill.path() + "/import", request, progress::event);
            progress.finish();
            output.print(
                    commit,
                    made -> System.out.println(
                            "Commit " + made.path("id").asString() + ": " + skill.id + " serves the adapter "
                                    + made.path("adapterDigest").asString()));
        }
        return 0;
    }
}
