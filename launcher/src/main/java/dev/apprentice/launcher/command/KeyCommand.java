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
@Command(
        name = "key",
        description = "Make the keys of a publisher, and seal them anew.",
        mixinStandardHelpOptions = true)
final class KeyCommand {
    /** Environment variable that holds the passphrase where there is no terminal. */
    static final String PASSPHRASE = "APPRENTICE_PASSPHRASE";

    private static final String NEW_PASSPHRASE = "APPRENTICE_NEW_PASSPHRASE";

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

    @Command(
            name = "reseal",
            description = "Seal keys anew: under another passphrase, or from the form of earlier versions to today's.",
            mixinStandardHelpOptions = true)
    int reseal(@Parameters(paramLabel = "FILE", description = "What 'key new' made.") Path file) {
        char[] passphrase = passphrase("Passphrase of the keys in " + file + ": ", PASSPHRASE);
        char[] fresh = new char[0];
        try {
            fresh = passphrase("New passphrase: ", NEW_PASSPHRASE);
            PublisherKeys.reseal(file, passphrase, fresh);
            System.out.println("Sealed anew: " + file + ". Destroy its old copies.");
        } finally {
            Arrays.fill(passphrase, '\0');
            Arrays.fill(fresh, '\0');
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
        return passphrase(question, PASSPHRASE);
    }

    private static char[] passphrase(String question, String name) {
        String variable = System.getenv(name);
        if (variable != null) {
            return variable.toCharArray();
        }
        Console console = System.console();
        char @Nullable [] answer = console == null ? null : console.readPassword(question);
        if (answer == null || answer.length == 0) {
            throw new LauncherException("A passphrase is needed: type it on a terminal, or set " + name);
        }
        return answer;
    }
}
