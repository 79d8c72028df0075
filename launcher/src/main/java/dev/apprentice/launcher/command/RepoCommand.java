package dev.apprentice.launcher.command;

import dev.apprentice.signing.publish.SkillEvidence;
import dev.apprentice.signing.publish.repository.Repository;
import dev.apprentice.signing.publish.repository.RepositoryKeys;
import dev.apprentice.signing.verify.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Builds a marketplace: a TUF repository of static files. */
@Command(
        name = "repo",
        description = "Build a marketplace: a TUF repository of static files.",
        mixinStandardHelpOptions = true)
final class RepoCommand {
    /** Which repository, and where its secret keys are. */
    static final class Place {
        @Parameters(index = "0", paramLabel = "DIR", description = "Folder of the repository.")
        private Path folder = Path.of("");

        @Option(
                names = "--keys",
                paramLabel = "DIR",
                required = true,
                description = "Folder of the roles' keys, all under one passphrase.")
        private Path keys = Path.of("");

        private RepositoryKeys open() {
            char[] passphrase = KeyCommand.passphrase("Passphrase of the keys in " + keys + ": ");
            try {
                return new RepositoryKeys(keys, passphrase);
            } finally {
                Arrays.fill(passphrase, '\0');
            }
        }

        private Repository repository() {
            return Repository.open(folder, open(), Clock.systemUTC());
        }
    }

    @Command(name = "init", description = "Make a repository and its keys.", mixinStandardHelpOptions = true)
    int init(
            @Mixin Place place,
            @Option(names = "--root-keys", defaultValue = "3", description = "Keys of root (${DEFAULT-VALUE}).")
                    int rootKeys,
            @Option(names = "--threshold", defaultValue = "2", description = "How many must sign (${DEFAULT-VALUE}).")
                    int threshold) {
        Repository.init(place.folder, place.open(), rootKeys, threshold, Clock.systemUTC());
        Path root = place.folder.resolve("metadata").resolve("1.root.json");
        System.out.println("Give " + root + " (" + Sha256.digest(InstallCommand.read(root))
                + ") to those who shall trust this marketplace. Take the keys root-*.json in " + place.keys
                + " off this machine, each to a place of its own.");
        return 0;
    }

    @Command(
            name = "add-publisher",
            description = "Give a publisher a namespace, and make the key for it.",
            mixinStandardHelpOptions = true)
    int addPublisher(
            @Mixin Place place,
            @Parameters(index = "1", paramLabel = "NAMESPACE", description = "First part of its targets' paths.")
                    String namespace,
            @Parameters(index = "2", paramLabel = "CERTIFICATE", description = "The publisher's PEM file.")
                    Path certificate) {
        place.repository()
                .addPublisher(namespace, new String(InstallCommand.read(certificate), StandardCharsets.UTF_8));
        System.out.println("Added " + namespace + ".");
        return 0;
    }

    @Command(
            name = "publish",
            description = "Publish a signed skill, with the provenance and bill of materials beside it.",
            mixinStandardHelpOptions = true)
    int publish(
            @Mixin Place place,
            @Parameters(index = "1", paramLabel = "NAMESPACE", description = "The publisher's.") String namespace,
            @Parameters(index = "2", paramLabel = "FILE", description = "The skill's jar.") Path jar,
            @Option(names = "--signature", paramLabel = "FILE", description = "Its signature (default: FILE.p7s).")
                    @Nullable
                    Path signature) {
        byte[] content = InstallCommand.read(jar);
        byte[] signed = InstallCommand.read(signature == null ? Path.of(jar + ".p7s") : signature);
        SkillEvidence evidence = SkillEvidence.beside(jar)
                .map(beside -> beside.requireAbout(content, signed))
                .orElse(null);
        System.out.println("Published " + place.repository().publish(namespace, content, signed, evidence));
        return 0;
    }

    @Command(
            name = "yank",
            description = "Take a version out of the search; who has it keeps it.",
            mixinStandardHelpOptions = true)
    int yank(
            @Mixin Place place,
            @Parameters(index = "1", paramLabel = "NAMESPACE", description = "The publisher's.") String namespace,
            @Parameters(index = "2", paramLabel = "ID", description = "The skill.") String id,
            @Parameters(index = "3", paramLabel = "VERSION", description = "Its version.") String version) {
        place.repository().yank(namespace, id, version);
        System.out.println("Yanked " + id + " " + version + ".");
        return 0;
    }

    @Command(
            name = "revoke",
            description = "Put a skill on the list of those that must no longer run.",
            mixinStandardHelpOptions = true)
    int revoke(
            @Mixin Place place,
            @Parameters(index = "1", paramLabel = "ID", description = "The skill.") String id,
            @Parameters(index = "2", paramLabel = "VERSION", description = "Its version, or * for all.") String version,
            @Option(names = "--reason", required = true, description = "What its users will read.") String reason) {
        place.repository().revoke(id, version, reason);
        System.out.println("Revoked " + id + " " + version + ".");
        return 0;
    }

    @Command(name = "rotate", description = "Replace the keys of a role.", mixinStandardHelpOptions = true)
    int rotate(
            @Mixin Place place,
            @Parameters(
                            index = "1",
                            paramLabel = "ROLE",
                            description = "root, targets, online (timestamp and snapshot) or a namespace.")
                    String role) {
        place.repository().rotate(role);
        System.out.println("The role " + role + " has new keys; what the old ones sign from now on is void.");
        return 0;
    }

    @Command(
            name = "refresh",
            description = "Sign everything but root anew, before it expires.",
            mixinStandardHelpOptions = true)
    int refresh(
            @Mixin Place place, @Option(names = "--root", description = "Root as well; needs its keys.") boolean root) {
        Repository repository = place.repository();
        if (root) {
            repository.refreshRoot();
        }
        repository.refresh();
        System.out.println("Signed anew.");
        return 0;
    }

    @Command(
            name = "check",
            description = "Read the repository as a client does, and warn of what expires; needs no keys.",
            mixinStandardHelpOptions = true)
    int check(
            @Parameters(paramLabel = "DIR", description = "Folder of the repository.") Path folder,
            @Option(names = "--days", defaultValue = "7", description = "How far ahead to look (${DEFAULT-VALUE}).")
                    int days) {
        List<String> warnings = Repository.open(folder, new RepositoryKeys(folder, new char[0]), Clock.systemUTC())
                .check(Duration.ofDays(days));
        warnings.forEach(System.out::println);
        if (warnings.isEmpty()) {
            System.out.println("All is well for the next " + days + " days.");
        }
        return warnings.isEmpty() ? 0 : 1;
    }
}
