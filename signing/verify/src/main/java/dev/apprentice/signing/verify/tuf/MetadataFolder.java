package dev.apprentice.signing.verify.tuf;

import dev.apprentice.signing.verify.internal.AtomicFile;
import dev.apprentice.signing.verify.tuf.TufException.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** The metadata that was trusted last, one file a role without a version in its name, each replaced whole or not at all. */
final class MetadataFolder {
    private static final String LAST_SEEN = "last-seen";

    private final Path folder;

    MetadataFolder(Path folder) {
        this.folder = folder;
    }

    /** Waits until no other client changes the folder, and keeps them away. */
    FolderLock lock() {
        return FolderLock.take(folder);
    }

    Optional<byte[]> read(String role) {
        return readFile(file(role));
    }

    void write(String role, byte[] bytes) {
        replace(file(role), bytes);
    }

    void delete(String role) {
        try {
            Files.deleteIfExists(file(role));
        } catch (IOException e) {
            throw new TufException(Code.STORAGE, file(role) + " cannot be deleted: check its permissions", e);
        }
    }

    /**
     * When metadata was last found good. Written after a refresh only, so it is never later than an expiry and a clock that was
     * once ahead does no lasting harm.
     */
    Instant lastSeen() {
        try {
            return readFile(folder.resolve(LAST_SEEN))
                    .map(bytes -> Instant.parse(new String(bytes, StandardCharsets.UTF_8)))
                    .orElse(Instant.MIN);
        } catch (DateTimeException e) {
            throw new TufException(
                    Code.STORAGE, folder.resolve(LAST_SEEN) + " holds no time: delete it to go by the clock alone", e);
        }
    }

    void seen(Instant time) {
        replace(folder.resolve(LAST_SEEN), time.toString().getBytes(StandardCharsets.UTF_8));
    }

    private Path file(String role) {
        return folder.resolve(UrlPath.encode(role) + ".json");
    }

    /** Only what is certainly not there counts as never trusted: else a fault of the disk would let versions go back. */
    private static Optional<byte[]> readFile(Path file) {
        try {
            return Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new TufException(Code.STORAGE, file + " cannot be read: check its permissions", e);
        }
    }

    private void replace(Path file, byte[] bytes) {
        try {
            AtomicFile.replace(file, bytes);
        } catch (IOException e) {
            throw new TufException(Code.STORAGE, file + " cannot be written: check space and permissions", e);
        }
    }
}
