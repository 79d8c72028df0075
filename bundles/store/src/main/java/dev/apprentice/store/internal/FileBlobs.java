package dev.apprentice.store.internal;

import dev.apprentice.store.Blobs;
import dev.apprentice.store.Store;
import dev.apprentice.store.StoreException;
import dev.apprentice.store.StoreException.Code;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Blobs as files {@code ab/abcdef…} named by the digest of their content. */
final class FileBlobs implements Blobs {
    private static final System.Logger LOGGER = System.getLogger(FileBlobs.class.getName());
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final Duration GRACE = Duration.ofHours(1);
    /** What a room lets go of and nobody stored again in this time is deleted at once: checkpoints would fill the disk in a day. */
    private static final Duration RELEASE_GRACE = Duration.ofSeconds(20);

    private final Path folder;
    private final Store store;
    private final Clock clock;

    FileBlobs(Path folder, Store store, Clock clock) {
        this.folder = folder;
        this.store = store;
        this.clock = clock;
        store.migrate("store.blobs", List.of("""
                CREATE TABLE blob_use(room TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY(room, digest))
                WITHOUT ROWID"""));
    }

    @Override
    public String put(List<MemorySegment> parts) {
        String digest = "sha256:" + Digest.hex(parts);
        Path file = file(digest);
        try {
            if (intact(file, digest)) {
                // Young again, so that a sweep does not take what was just acknowledged.
                Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
                return digest;
            }
            write(file, parts);
            return digest;
        } catch (IOException fault) {
            throw Faults.of(fault, file);
        }
    }

    /** Whether the file is there and still says what its name promises; a damaged one is written anew. */
    private boolean intact(Path file, String digest) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            return digest.equals("sha256:" + Digest.hex(List.of(mapped(file, arena))));
        }
    }

    private static MemorySegment mapped(Path file, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    private static void write(Path file, List<MemorySegment> parts) throws IOException {
        Path parent = Optional.ofNullable(file.getParent()).orElseThrow();
        boolean newFolder = !Files.exists(parent);
        Files.createDirectories(parent);
        Path temporary = Files.createTempFile(parent, "writing-", ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                for (MemorySegment part : parts) {
                    write(channel, part);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        syncFolder(parent);
        if (newFolder) {
            syncFolder(Optional.ofNullable(parent.getParent()).orElseThrow());
        }
    }

    private static void write(FileChannel channel, MemorySegment part) throws IOException {
        try {
            Digest.pieces(part, piece -> {
                try {
                    while (piece.hasRemaining()) {
                        channel.write(piece);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Makes a rename durable. Windows cannot open a folder, and needs no such call. */
    private static void syncFolder(Path folder) throws IOException {
        if (!System.getProperty("os.name", "").startsWith("Windows")) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    @Override
    public byte[] read(String digest) {
        try (Arena arena = Arena.ofConfined()) {
            return map(digest, arena).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    @Override
    public MemorySegment map(String digest, Arena arena) {
        Path file = file(digest);
        try {
            MemorySegment content = mapped(file, arena);
            if (!("sha256:" + Digest.hex(List.of(content))).equals(digest)) {
                throw new StoreException(
                        Code.CORRUPT,
                        "The file " + file
                                + " no longer has the content that its name promises: restore it from a copy");
            }
            return content;
        } catch (NoSuchFileException missing) {
            throw new StoreException(Code.MISSING, "The file " + file + " is missing: restore it from a copy", missing);
        } catch (IOException fault) {
            throw Faults.of(fault, file);
        }
    }

    @Override
    public boolean contains(String digest) {
        return Files.exists(file(digest));
    }

    private Path file(String digest) {
        if (!DIGEST.matcher(digest).matches()) {
            throw new StoreException(
                    Code.MISSING, "'" + digest + "' is no digest: it must be sha256: and 64 lower-case hex digits");
        }
        String hex = digest.substring("sha256:".length());
        return folder.resolve(hex.substring(0, 2)).resolve(hex);
    }

    @Override
    public void retain(String room, Set<String> digests) {
        store.inTransaction(connection -> {
            Set<String> released = used(connection);
            try (PreparedStatement drop = connection.prepareStatement("DELETE FROM blob_use WHERE room = ?");
                    PreparedStatement use = connection.prepareStatement("INSERT INTO blob_use VALUES (?, ?)");
                    PreparedStatement mark = connection.prepareStatement("INSERT INTO room(name, version, retains)"
                            + " VALUES (?, 0, 1) ON CONFLICT(name) DO UPDATE SET retains = 1")) {
                drop.setString(1, room);
                drop.executeUpdate();
                for (String digest : digests) {
                    use.setString(1, room);
                    use.setString(2, digest);
                    use.addBatch();
                }
                use.executeBatch();
                mark.setString(1, room);
                mark.executeUpdate();
            }
            released.removeAll(used(connection));
            store.afterCommit(() -> released.forEach(this::deleteReleased));
            return released;
        });
    }

    private static Set<String> used(Connection connection) throws SQLException {
        Set<String> digests = new HashSet<>();
        try (PreparedStatement query = connection.prepareStatement("SELECT DISTINCT digest FROM blob_use");
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                digests.add(rows.getString(1));
            }
        }
        return digests;
    }

    private void deleteReleased(String digest) {
        Path file = file(digest);
        try {
            if (Files.exists(file) && isOlder(file, RELEASE_GRACE)) {
                Files.delete(file);
            }
        } catch (IOException fault) {
            LOGGER.log(System.Logger.Level.WARNING, "Could not delete " + file + ", which nothing uses", fault);
        }
    }

    private boolean isOlder(Path file, Duration age) throws IOException {
        return Files.getLastModifiedTime(file)
                .toInstant()
                .isBefore(clock.instant().minus(age));
    }

    /**
     * Deletes files that no room uses and that are older than an hour, and what interrupted writes left. While some room never said
     * what it uses, nothing is deleted: its files would look unused.
     */
    void sweep() {
        Optional<Set<String>> used = store.read(connection -> {
            try (PreparedStatement silent = connection.prepareStatement(
                            "SELECT 1 FROM room WHERE retains = 0 AND name NOT LIKE 'store.%'");
                    ResultSet found = silent.executeQuery()) {
                if (found.next()) {
                    return Optional.empty();
                }
            }
            return Optional.of(used(connection));
        });
        if (Files.isDirectory(folder)) {
            used.ifPresent(this::deleteUnused);
        }
    }

    private void deleteUnused(Set<String> used) {
        try (Stream<Path> files = Files.walk(folder, 2)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (isOlder(file, GRACE) && !used.contains("sha256:" + file.getFileName())) {
                    Files.delete(file);
                    LOGGER.log(System.Logger.Level.DEBUG, "Deleted {0}, which nothing uses", file);
                }
            }
        } catch (IOException fault) {
            // A sweep is housekeeping: the next start tries again.
            LOGGER.log(System.Logger.Level.WARNING, "Could not delete unused files below " + folder, fault);
        }
    }
}
