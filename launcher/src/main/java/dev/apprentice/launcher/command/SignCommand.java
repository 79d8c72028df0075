package dev.apprentice.launcher.command;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.signing.publish.PackageSigner;
import dev.apprentice.signing.publish.PublisherKeys;
import dev.apprentice.signing.publish.SkillEvidence;
import dev.apprentice.signing.verify.Provenance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Signs a skill as its publisher. */
@Command(
        name = "sign",
        description = "Sign a skill: writes FILE.p7s beside it, FILE.provenance.json and FILE.cdx.json.",
        mixinStandardHelpOptions = true)
final class SignCommand implements Callable<Integer> {
    @Option(names = "--keys", required = true, paramLabel = "FILE", description = "What 'key new' made.")
    private Path keys = Path.of("");

    @Option(
            names = "--certificate",
            paramLabel = "CHAIN",
            description = "What 'key certify' wrote (default: the keys' own certificates).")
    private @Nullable Path chain;

    @Parameters(paramLabel = "FILE", description = "The skill's jar.")
    private Path file = Path.of("");

    @Override
    public Integer call() {
        char[] passphrase = KeyCommand.passphrase("Passphrase of the keys in " + keys + ": ");
        try {
            PublisherKeys signer = signer(passphrase);
            byte[] jar = InstallCommand.read(file);
            SkillEvidence evidence = SkillEvidence.of(signer, jar);
            write(".p7s", PackageSigner.sign(signer, jar));
            write(Provenance.ENDING, evidence.provenance());
            write(Provenance.SBOM_ENDING, evidence.sbom());
        } finally {
            Arrays.fill(passphrase, '\0');
        }
        System.out.println("Signed: " + file + ".p7s; beside it provenance and bill of materials");
        if (PublisherKeys.isOutdated(keys)) {
            System.err.println("The keys in " + keys + " are sealed as earlier versions did, which is easier to guess: "
                    + "'apprentice key reseal " + keys + "' seals them by Argon2id.");
        }
        return 0;
    }

    private void write(String ending, byte[] content) {
        Path beside = Path.of(file + ending);
        try {
            Files.write(beside, content);
        } catch (IOException e) {
            throw new LauncherException("The file " + beside + " cannot be written: check the folder", e);
        }
    }

    private PublisherKeys signer(char[] passphrase) {
        PublisherKeys own = PublisherKeys.load(keys, passphrase);
        return chain == null ? own : own.certified(new String(InstallCommand.read(chain), StandardCharsets.UTF_8));
    }
}
