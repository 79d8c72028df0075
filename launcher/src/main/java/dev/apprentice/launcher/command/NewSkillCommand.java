package dev.apprentice.launcher.command;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.client.Connection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a skill for the base model that is loaded here. */
@Command(
        name = "new-skill",
        description = {
            "Make the smallest skill for the base model of this platform: its adapter starts blank and learns where it is installed.",
            "Sign it with 'apprentice sign', then install it."
        },
        mixinStandardHelpOptions = true)
final class NewSkillCommand implements Callable<Integer> {
    @Mixin
    private HomeOption home = new HomeOption();

    @Parameters(paramLabel = "FILE", description = "The jar to write.")
    private Path file = Path.of("");

    @Option(
            names = "--id",
            required = true,
            description = "Its name for programs: small letters, digits and single hyphens.")
    private String id = "";

    @Option(
            names = "--release",
            paramLabel = "VERSION",
            description = "Its version of three numbers (default: ${DEFAULT-VALUE}).")
    private String version = "1.0.0";

    @Option(names = "--name", description = "Its name for people (default: its id).")
    private @Nullable String name;

    @Option(names = "--description", description = "What it does, in a sentence.")
    private String description = "Learns from what its user gives it.";

    @Option(names = "--rank", description = "Rank of its LoRA adapter (default: ${DEFAULT-VALUE}).")
    private int rank = 16;

    @Option(
            names = "--validation",
            paramLabel = "FILE",
            required = true,
            description = "Texts that learning must not make it worse at, separated by lines of =====.")
    private Path validation = Path.of("");

    @Override
    public Integer call() {
        if (!id.matches("[a-z0-9](-?[a-z0-9])*")) {
            throw new LauncherException(
                    "'" + id + "' is no id for a skill: use small letters, digits and single hyphens");
        }
        String texts = new String(InstallCommand.read(validation), StandardCharsets.UTF_8);
        String base;
        try (Connection connection = home.connect()) {
            base = connection
                    .client()
                    .get("/api/status")
                    .path("model")
                    .path("digest")
                    .asString();
        }
        SkillDraft draft = new SkillDraft(id, version, name == null ? id : name, description, base, rank, texts);
        try {
            Files.write(file, draft.jar(), StandardOpenOption.CREATE_NEW);
        } catch (IOException e) {
            throw new LauncherException(
                    "The file " + file + " cannot be written, or is there already: check its folder or choose another",
                    e);
        }
        System.out.println(
                "Made " + file + " for the base " + base + ": sign it with 'apprentice sign --keys KEYS " + file + "'");
        return 0;
    }
}
