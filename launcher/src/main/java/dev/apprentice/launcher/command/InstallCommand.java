package dev.apprentice.launcher.command;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.client.Connection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Installs or updates a skill from a signed file. */
@Command(
        name = "install",
        description = "Install or update a skill from a signed file.",
        mixinStandardHelpOptions = true)
final class InstallCommand implements Callable<Integer> {
    @Mixin
    private HomeOption home = new HomeOption();

    @Mixin
    private JsonOption output = new JsonOption();

    @Parameters(paramLabel = "FILE", description = "The skill's jar.")
    private Path file = Path.of("");

    @Option(names = "--signature", paramLabel = "FILE", description = "Its detached signature (default: FILE.p7s).")
    private @Nullable Path signature;

    @Option(
            names = "--allow",
            paramLabel = "PERMISSION",
            split = ",",
            description = "A permission that it asks for and you agree to; again for more.")
    private List<String> allowed = new ArrayList<>();

    @Override
    public Integer call() {
        Path beside = signature == null ? Path.of(file + ".p7s") : signature;
        byte[] signatureBytes = Files.exists(beside) ? read(beside) : new byte[0];
        try (Connection connection = home.connect()) {
            output.print(
                    connection
                            .client()
                            .install(String.valueOf(file.getFileName()), read(file), signatureBytes, allowed),
                    skill -> System.out.println("Installed " + skill.path("id").asString() + " "
                            + skill.path("version").asString() + " by "
                            + skill.path("publisher").asString() + SkillsCommand.permissions(skill)));
        }
        return 0;
    }

    static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new LauncherException("The file " + file + " cannot be read: check its name and permissions", e);
        }
    }
}
