package dev.apprentice.signing.verify;

import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.internal.AtomicFile;
import dev.apprentice.signing.verify.internal.Certificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The publishers and authorities that this machine believes: a folder with one PEM file for each, named by its fingerprint. */
public final class TrustStore implements Trust {
    private static final String ENDING = ".pem";

    private final Path folder;

    /** The store in a folder, which need not exist yet. */
    public TrustStore(Path folder) {
        this.folder = folder;
    }

    /** All trusted publishers and authorities. */
    public List<TrustedPublisher> list() {
        return onDisk("read", () -> {
            try (Stream<Path> files = Files.list(folder)) {
                List<TrustedPublisher> publishers = new ArrayList<>();
                for (Path file : files.filter(any -> any.toString().endsWith(ENDING))
                        .sorted()
                        .toList()) {
                    publishers.add(Certificates.ofPem(Files.readString(file)).trusted());
                }
                return List.copyOf(publishers);
            } catch (NoSuchFileException _) {
                return List.of();
            }
        });
    }

    @Override
    public Optional<TrustedPublisher> find(String fingerprint) {
        return list().stream()
                .filter(publisher -> publisher.fingerprint().equals(fingerprint))
                .findFirst();
    }

    /** Whom the certificates in the text name; trusts nobody. */
    public static TrustedPublisher read(String pem) {
        return Certificates.ofPem(pem).trusted();
    }

    /** Trusts the publisher or authority whose two certificates the text holds, or four if an authority issued a publisher's. */
    public TrustedPublisher add(String pem) {
        TrustedPublisher publisher = read(pem);
        return onDisk("written", () -> {
            AtomicFile.replace(file(publisher.fingerprint()), pem.getBytes(StandardCharsets.UTF_8));
            return publisher;
        });
    }

    /** No longer trusts a publisher or authority. */
    public void remove(String fingerprint) {
        if (find(fingerprint).isEmpty()) {
            throw new SigningException(
                    Code.UNTRUSTED, "No trusted publisher has the fingerprint " + fingerprint + ": see the list");
        }
        onDisk("written", () -> {
            Files.delete(file(fingerprint));
            return fingerprint;
        });
    }

    private Path file(String fingerprint) {
        return folder.resolve(fingerprint + ENDING);
    }

    private interface DiskWork<T> {
        T run() throws IOException;
    }

    private <T> T onDisk(String done, DiskWork<T> work) {
        try {
            return work.run();
        } catch (SigningException refusal) {
            throw refusal;
        } catch (IOException | RuntimeException e) {
            throw new SigningException(
                    Code.STORAGE,
                    "The trust store " + folder + " cannot be " + done + " (" + e + "): check space and permissions",
                    e);
        }
    }
}
