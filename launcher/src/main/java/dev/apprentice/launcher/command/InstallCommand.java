package dev.apprentice.launcher.command;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.launcher.client.Connection;
import dev.apprentice.signing.publish.SkillEvidence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Installs or updates a skill, from a signed file or from a marketplace. */
@Command(
        name = "install",
        description = "Install or update a skill, from a signed file or by its id from a marketplace.",
        mixinStandardHelpOptions = true)
final class InstallCommand implements Callable<Integer> {
    @Mixin
    private HomeOption home = new HomeOption();

    @Mixin
    private JsonOption output = new JsonOption();

    @Parameters(
            paramLabel = "FILE|ID[@VERSION]",
            description = "The skill's jar; what is no file is looked for in the marketplaces.")
    private String skill = "";

    @Option(names = "--signature", paramLabel = "FILE", description = "Its detached signature (default: FILE.p7s).")
    private @Nullable Path signature;

    @Option(
            names = "--allow",
            paramLabel = "PERMISSION",
            split = ",",
            description = "A permission that it asks for and you agree to; again for more.")
    private List<String> allowed = new ArrayList<>();

    @Option(
            names = "--trust",
            paramLabel = "FINGERPRINT",
            description = "Trust the publisher with this fingerprint, which you have compared.")
    private @Nullable String trust;

    @Override
    public Integer call() {
        if (isFile()) {
            fromFile(Path.of(skill));
        } else {
            fromMarketplace();
        }
        return 0;
    }

    /** A name that ends like a jar's is one, so that a typing mistake is told as such. */
    private boolean isFile() {
        return skill.endsWith(".jar") || Files.exists(Path.of(skill));
    }

    private void fromMarketplace() {
        Map<String, Object> wanted = new LinkedHashMap<>(Map.of("skill", skill, "allow", allowed));
        if (trust != null) {
            wanted.put("trust", trust.replaceAll("[\\s:]", ""));
        }
        try (Connection connection = home.connect()) {
            output.print(connection.client().post("/api/market/install", wanted), InstallCommand::told);
        }
    }

    private void fromFile(Path file) {
        Path beside = signature == null ? Path.of(file + ".p7s") : signature;
        byte[] signatureBytes = Files.exists(beside) ? read(beside) : new byte[0];
        byte[] jar = read(file);
        if (signatureBytes.length > 0) {
            SkillEvidence.beside(file).ifPresent(evidence -> evidence.requireAbout(jar, signatureBytes));
        }
        try (Connection connection = home.connect()) {
            output.print(
                    connection.client().install(String.valueOf(file.getFileName()), jar, signatureBytes, allowed),
                    InstallCommand::told);
        }
    }

    private static void told(JsonNode installed) {
        System.out.println("Installed " + installed.path("id").asString() + " "
                + installed.path("version").asString() + " by "
                + installed.path("publisher").asString() + SkillsCommand.permissions(installed));
    }

    static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new LauncherException("The file " + file + " cannot be read: check its name and permissions", e);
        }
    }
}
