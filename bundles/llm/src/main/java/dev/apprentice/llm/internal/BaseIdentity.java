package dev.apprentice.llm.internal;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which content a base model has. The SHA-256 of gigabytes takes seconds, so it is kept for files whose path, length and time of
 * change are those of an earlier start; that it is kept also means that the weights were found to be numbers.
 *
 * @param digest {@code sha256:} and hex: of the only file, or of the digests of all
 * @param known whether this content has been loaded before without a fault
 */
record BaseIdentity(String digest, boolean known, Optional<Path> store, List<String> lines) {
    private static final System.Logger LOG = System.getLogger(BaseIdentity.class.getName());
    private static final int PIECE = 8 << 20;
    private static final int MOST_KEPT = 64;

    /**
     * Finds it out.
     *
     * @param store the small file in which digests are kept from start to start, if they are to be
     */
    static BaseIdentity of(List<ModelBytes> files, Optional<Path> store, LoadProgress progress) {
        List<String> kept = store.map(BaseIdentity::read).orElse(List.of());
        List<String> digests = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (ModelBytes file : files) {
            Optional<String> key = key(file);
            String digest = key.flatMap(wanted -> find(kept, wanted)).orElseGet(() -> digest(file, progress));
            digests.add(digest);
            key.ifPresent(found -> lines.add(found + digest));
        }
        String all = digests.size() == 1
                ? digests.getFirst()
                : Digests.of(String.join("\n", digests).getBytes(StandardCharsets.US_ASCII));
        return new BaseIdentity(all, lines.size() == files.size() && kept.containsAll(lines), store, lines);
    }

    /** Keeps what was found out; a store that cannot be written costs the next start some seconds, no more. */
    void keep() {
        if (known || store.isEmpty() || lines.isEmpty()) {
            return;
        }
        Path file = store.get();
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            List<String> all = Stream.concat(lines.stream(), read(file).stream())
                    .distinct()
                    .limit(MOST_KEPT)
                    .toList();
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(fresh, all);
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "The digest of the base model cannot be kept in " + file, e);
        }
    }

    private static List<String> read(Path store) {
        try {
            return Files.exists(store) ? Files.readAllLines(store) : List.of();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "The digests in " + store + " cannot be read and are computed again", e);
            return List.of();
        }
    }

    private static Optional<String> find(List<String> kept, String key) {
        return kept.stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()))
                .filter(digest -> digest.matches("sha256:[0-9a-f]{64}"))
                .findFirst();
    }

    /** What stands before the digest in a line of the store. */
    private static Optional<String> key(ModelBytes file) {
        return file.path().map(path -> {
            try {
                return path.toRealPath().toUri() + " " + file.data().byteSize() + " " + Files.getLastModifiedTime(path)
                        + " ";
            } catch (IOException e) {
                throw ModelFiles.unreadable(path.toString(), e);
            }
        });
    }

    private static String digest(ModelBytes file, LoadProgress progress) {
        MessageDigest sha256 = Digests.sha256();
        MemorySegment data = file.data();
        for (long at = 0; at < data.byteSize(); at += PIECE) {
            sha256.update(
                    data.asSlice(at, Math.min(PIECE, data.byteSize() - at)).asByteBuffer());
            progress.reading(file.name(), Math.min(at + PIECE, data.byteSize()), data.byteSize());
        }
        return Digests.text(sha256);
    }
}
