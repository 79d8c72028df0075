package dev.apprentice.launcher.command;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.ProgressLine;
import dev.apprentice.launcher.client.Connection;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Writes what a skill has learned, or the base model, for other programs. */
@Command(
        name = "export",
        description = {
            "Write the adapter of a skill, or the base model, for other programs.",
            "An adapter as a PEFT folder or a GGUF LoRA file for llama.cpp; the base as a GGUF file or a folder in Hugging Face layout."
        },
        mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
    @Mixin
    private HomeOption home = new HomeOption();

    @Mixin
    private JsonOption output = new JsonOption();

    @Parameters(arity = "0..1", paramLabel = "SKILL", description = "The skill whose adapter is written.")
    private @Nullable String skill;

    @Option(names = "--base", description = "Write the base model.")
    private boolean base;

    @Option(
            names = "--format",
            required = true,
            description = "peft or gguf-lora for an adapter, gguf or safetensors for the base.")
    private String format = "";

    @Option(names = "--out", required = true, paramLabel = "PATH", description = "What to write; not there yet.")
    private Path target = Path.of("");

    @Override
    public Integer call() {
        if (base == (skill != null)) {
            throw new LauncherException("Say what to export: a SKILL, or --base");
        }
        Map<String, String> request = Map.of(
                "format", format, "target", target.toAbsolutePath().normalize().toString());
        try (Connection connection = home.connect();
                ProgressLine progress = new ProgressLine()) {
            JsonNode written = skill == null
                    ? connection.client().work("/api/base/export", request, progress::event)
                    : connection.client().post(Paths.skill(skill) + "/export", request);
            progress.finish();
            output.print(
                    written,
                    result -> System.out.println(
                            "Written: " + result.path("target").asString()));
        }
        return 0;
    }
}
