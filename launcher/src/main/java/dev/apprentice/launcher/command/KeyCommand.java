package dev.apprentice.launcher.command;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.signing.publish.PublisherKeys;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The keys of a publisher. */
@Command(name = "key", description = "Make the keys of a publisher.", mixinStandardHelpOptions = true)
final class KeyCommand {
    /** Environment variable that holds the passphrase where there is no terminal. */
    static final String PASSPHRASE = "APPRENTICE_PASSPHRASE";

    @Command(
            name = "new",
            description = "Make a key pair of each kind and their certificates.",
            mixinStandardHelpOptions = true)
    int create(
            @Option(names = "--name", required = true, description = "The publisher's name.") String name,
            @Parameters(paramLabel = "FILE", description = "New file for the encrypted keys.") Path file) {
        char[] passphrase = passphrase("Passphrase for the new keys: ");
        try {
            PublisherKeys keys = PublisherKeys.create(name);
            keys.save(file, passphrase);
            Path certificates = Path.of(file + ".public.pem");
            write(certificates, keys.certificatePem());
            System.out.println("Keep " + file + " secret; give " + certificates + " to those who shall trust you.");
        } finally {
            Arrays.fill(passphrase, '\0');
        }
        return 0;
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new LauncherException("The certificates " + file + " cannot be written: check the folder", e);
        }
    }

    static char[] passphrase(String question) {
        String variable = System.getenv(PASSPHRASE);
        if (variable != null) {
            return variable.toCharArray();
        }
        Console console = System.console();
        char @Nullable [] answer = console == null ? null : console.readPassword(question);
        if (answer == null || answer.length == 0) {
            throw new LauncherException("A passphrase is needed: type it on a terminal, or set " + PASSPHRASE);
        }
        return answer;
    }
}
