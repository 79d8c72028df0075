package dev.apprentice.launcher.command;

import dev.apprentice.launcher.LauncherException;
import dev.apprentice.signing.publish.PackageSigner;
import dev.apprentice.signing.publish.PublisherKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Signs a skill as its publisher. */
@Command(name = "sign", description = "Sign a skill: writes FILE.p7s beside it.", mixinStandardHelpOptions = true)
final class SignCommand implements Callable<Integer> {
    @Option(names = "--keys", required = true, paramLabel = "FILE", description = "What 'key new' made.")
    private Path keys = Path.of("");

    @Parameters(paramLabel = "FILE", description = "The skill's jar.")
    private Path file = Path.of("");

    @Override
    public Integer call() {
        char[] passphrase = KeyCommand.passphrase("Passphrase of the keys in " + keys + ": ");
        Path signature = Path.of(file + ".p7s");
        try {
            Files.write(signature, PackageSigner.sign(PublisherKeys.load(keys, passphrase), InstallCommand.read(file)));
        } catch (IOException e) {
            throw new LauncherException("The signature " + signature + " cannot be written: check the folder", e);
        } finally {
            Arrays.fill(passphrase, '\0');
        }
        System.out.println("Signed: " + signature);
        if (PublisherKeys.isOutdated(keys)) {
            System.err.println("The keys in " + keys + " are sealed as earlier versions did, which is easier to guess: "
                    + "'apprentice key reseal " + keys + "' seals them by Argon2id.");
        }
        return 0;
    }
}
