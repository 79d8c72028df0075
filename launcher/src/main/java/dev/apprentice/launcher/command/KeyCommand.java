package dev.apprentice.launcher.command;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.signing.publish.AuthorityKeys;
import dev.apprentice.signing.publish.PublisherKeys;
import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The keys of a publisher, and of an authority that certifies publishers. */
@Command(
        name = "key",
        description = "Make the keys of a publisher or an authority, and seal them anew.",
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
            name = "ca",
            description = "Make the keys of an authority, which issues certificates to publishers.",
            mixinStandardHelpOptions = true)
    int authority(
            @Option(names = "--name", required = true, description = "The authority's name.") String name,
            @Option(
                            names = "--organization",
                            description = "What the names of all its publishers begin with (default: its name).")
                    @Nullable
                    String organization,
            @Parameters(paramLabel = "FILE", description = "New file for the encrypted keys.") Path file) {
        char[] passphrase = passphrase("Passphrase for the new keys: ");
        try {
            AuthorityKeys keys =
                    AuthorityKeys.create(name, organization == null ? name : organization, Clock.systemUTC());
            keys.save(file, passphrase);
            Path certificates = Path.of(file + ".public.pem");
            write(certificates, keys.certificatePem());
            System.out.println("Keep " + file + " secret, off this machine; give " + certificates
                    + " to those who shall trust all publishers that it certifies.");
        } finally {
            Arrays.fill(passphrase, '\0');
        }
        return 0;
    }

    @Command(
            name = "csr",
            description = "Write a publisher's request for certificates (PKCS#10), for an authority.",
            mixinStandardHelpOptions = true)
    int request(
            @Parameters(paramLabel = "FILE", description = "What 'key new' made.") Path file,
            @Option(names = "--subject", description = "The publisher's name (default: that of the keys).") @Nullable
                    String subject,
            @Option(names = "--out", paramLabel = "FILE", description = "Where to write it (default: FILE.csr.pem).")
                    @Nullable
                    Path out) {
        char[] passphrase = passphrase("Passphrase of the keys in " + file + ": ");
        Path request = out == null ? Path.of(file + ".csr.pem") : out;
        try {
            PublisherKeys keys = PublisherKeys.load(file, passphrase);
            write(request, keys.certificateRequest(subject == null ? keys.name() : subject));
        } finally {
            Arrays.fill(passphrase, '\0');
        }
        System.out.println("Give " + request + " to the authority.");
        return 0;
    }

    @Command(
            name = "certify",
            description = "Issue certificates for a publisher's request, as an authority.",
            mixinStandardHelpOptions = true)
    int certify(
            @Parameters(paramLabel = "REQUEST", description = "What 'key csr' wrote.") Path request,
            @Option(names = "--ca", required = true, paramLabel = "FILE", description = "What 'key ca' made.")
                    Path authority,
            @Option(names = "--days", defaultValue = "365", description = "How long they are valid (${DEFAULT-VALUE}).")
                    int days,
            @Option(
                            names = "--out",
                            paramLabel = "FILE",
                            description = "Where to write them (default: REQUEST.chain.pem).")
                    @Nullable
                    Path out) {
        if (days < 1) {
            throw new LauncherException("Certificates must be valid for at least a day: change --days");
        }
        char[] passphrase = passphrase("Passphrase of the keys in " + authority + ": ");
        Path chain = out == null ? Path.of(request + ".chain.pem") : out;
        try {
            AuthorityKeys keys = AuthorityKeys.load(authority, passphrase, Clock.systemUTC());
            String text = new String(InstallCommand.read(request), StandardCharsets.UTF_8);
            write(chain, keys.certify(text, Duration.ofDays(days)));
        } finally {
            Arrays.fill(passphrase, '\0');
        }
        System.out.println("Give " + chain + " to the publisher, who signs with 'sign --certificate " + chain + "'.");
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
            throw new LauncherException("The file " + file + " cannot be written: check the folder", e);
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
