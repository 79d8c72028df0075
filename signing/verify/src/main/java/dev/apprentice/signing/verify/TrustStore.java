package dev.apprentice.signing.verify;

import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.internal.PublisherCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The publishers that this machine believes: a folder with one PEM file for each, named by its fingerprint. */
public final class TrustStore {
    private static final String ENDING = ".pem";

    private final Path folder;

    /** The store in a folder, which need not exist yet. */
    public TrustStore(Path folder) {
        this.folder = folder;
    }

    /** All trusted publishers. */
    public List<TrustedPublisher> list() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<TrustedPublisher> publishers = new ArrayList<>();
            for (Path file : files.filter(any -> any.toString().endsWith(ENDING))
                    .sorted()
                    .toList()) {
                publishers.add(
                        PublisherCertificates.ofPem(Files.readString(file)).publisher());
            }
            return List.copyOf(publishers);
        } catch (IOException e) {
            throw new SigningException(
                    Code.STORAGE, "The trust store " + folder + " cannot be read: check its permissions", e);
        }
    }

    /** The trusted publisher with this fingerprint. */
    public Optional<TrustedPublisher> find(String fingerprint) {
        return list().stream()
                .filter(publisher -> publisher.fingerprint().equals(fingerprint))
                .findFirst();
    }

    /** Whom the two certificates in the text name; trusts nobody. */
    public static TrustedPublisher read(String pem) {
        return PublisherCertificates.ofPem(pem).publisher();
    }

    /** Trusts the publisher whose two certificates the text holds. */
    public TrustedPublisher add(String pem) {
        TrustedPublisher publisher = read(pem);
        try {
            Files.createDirectories(folder);
            Path temporary = Files.createTempFile(folder, "new", ".tmp");
            Files.writeString(temporary, pem);
            Files.move(temporary, file(publisher.fingerprint()), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new SigningException(
                    Code.STORAGE, "The trust store " + folder + " cannot be written: check space and permissions", e);
        }
        return publisher;
    }

    /** No longer trusts a publisher. */
    public void remove(String fingerprint) {
        if (find(fingerprint).isEmpty()) {
            throw new SigningException(
                    Code.UNTRUSTED, "No trusted publisher has the fingerprint " + fingerprint + ": see the list");
        }
        try {
            Files.delete(file(fingerprint));
        } catch (IOException e) {
            throw new SigningException(
                    Code.STORAGE, "The trust store " + folder + " cannot be written: check its permissions", e);
        }
    }

    private Path file(String fingerprint) {
        return folder.resolve(fingerprint + ENDING);
    }
}
