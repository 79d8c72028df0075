package dev.apprentice.launcher.command;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.signing.publish.PublisherKeys;
import java.io.Console;
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

    @Command(name = "new", description = "Make a key pair of each kind and their certificates.", mixinStandardHelpOptions = true)
    int create(
            @Option(names = "--name", required = true, description = "The publisher's name.") String name,
            @Parameters(paramLabel = "DIR", description = "Folder for the keys; must not hold any yet.") Path folder) {
        char[] passphrase = passphrase("Passphrase for the new keys: ");
        try {
            PublisherKeys keys = PublisherKeys.create(name);
            keys.save(folder, passphrase);
            System.out.println("Keys are in " + folder + ". Give publisher.pem to those who shall trust you; keep the rest secret.");
        } finally {
            Arrays.fill(passphrase, '\0');
        }
        return 0;
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
