package dev.apprentice.llm.internal.corpus;

import dev.apprentice.model.ModelException;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The files of a folder, at any depth, by their paths; hidden ones and links are left out. Which of them are held out is decided by the hash of
 * the path alone, so that a file stays on its side when others come and go.
 */
public final class CorpusFolder {
    /** Text that somebody wrote is shorter. */
    private static final long LONGEST_FILE = 16L << 20;

    private final Path folder;
    private final List<Entry> entries;
    private final double heldOut;
    private final Set<String> seen = new HashSet<>();

    /** @param path below the folder, with slashes */
    private record Entry(String path, long bytes) {
        /** Where its hash lies between 0 and 1. */
        double place() {
            byte[] hash = sha256(path.getBytes(StandardCharsets.UTF_8));
            return (ByteBuffer.wrap(hash).getInt() >>> 1) / (double) Integer.MAX_VALUE;
        }
    }

    private CorpusFolder(Path folder, List<Entry> entries, double heldOut) {
        this.folder = folder;
        this.entries = entries;
        this.heldOut = heldOut;
    }

    /**
     * Lists the files of a folder.
     *
     * @param heldOut share of the files
     * @throws ModelException if it is no folder, or cannot be read
     */
    public static CorpusFolder list(Path folder, double heldOut) {
        if (!Files.isDirectory(folder)) {
            throw fault("The corpus " + folder + " is not a folder: name one with text files in it");
        }
        List<Entry> entries = new ArrayList<>();
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                    return path.equals(folder) || !hidden(path)
                            ? FileVisitResult.CONTINUE
                            : FileVisitResult.SKIP_SUBTREE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile() && !hidden(file)) {
                        String path = folder.relativize(file).toString().replace(File.separatorChar, '/');
                        entries.add(new Entry(path, attributes.size()));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
        entries.sort(Comparator.comparing(Entry::path));
        return new CorpusFolder(folder, entries, heldOut);
    }

    private static boolean hidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }

    /** A digest of the paths and sizes of its files, which changes when they do. */
    public String listing() {
        StringBuilder text = new StringBuilder();
        entries.forEach(entry ->
                text.append(entry.bytes()).append(' ').append(entry.path()).append('\n'));
        return HexFormat.of().formatHex(sha256(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** Number of files, whatever they hold. */
    public int size() {
        return entries.size();
    }

    /** Told of each file that is text, in the order of the paths. */
    public interface Reader {
        void document(boolean heldOut, String text) throws IOException;
    }

    /** Told how many files have been looked at. */
    public interface Progress {
        void looked(int files);
    }

    /**
     * Reads every file that is text: UTF-8, no zero bytes, not blank, no longer than 16 MiB, and no copy of one before it.
     *
     * @throws ModelException if a file cannot be read, or fewer than two are text
     */
    public void read(Reader reader, Progress progress) {
        double border = border();
        int documents = 0;
        try {
            for (int i = 0; i < entries.size(); i++) {
                progress.looked(i);
                Optional<String> text = text(entries.get(i));
                if (text.isPresent()) {
                    reader.document(entries.get(i).place() < border, text.get());
                    documents++;
                }
            }
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
        progress.looked(entries.size());
        if (documents < 2) {
            throw fault("The corpus " + folder + " has " + documents + " text files among " + entries.size()
                    + ": name a folder with at least two, one to train on and one to measure on");
        }
    }

    /** Below it a file is held out; a corpus of few files holds out one. */
    private double border() {
        double[] places =
                entries.stream().mapToDouble(Entry::place).sorted().limit(2).toArray();
        return places.length == 2 && places[0] >= heldOut ? (places[0] + places[1]) / 2 : heldOut;
    }

    private Optional<String> text(Entry entry) throws IOException {
        if (entry.bytes() > LONGEST_FILE) {
            return Optional.empty();
        }
        byte[] bytes = Files.readAllBytes(folder.resolve(entry.path()));
        for (byte each : bytes) {
            if (each == 0) {
                return Optional.empty();
            }
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            boolean fresh = !text.isBlank() && seen.add(HexFormat.of().formatHex(sha256(bytes)));
            return fresh ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256, but this one has not", e);
        }
    }

    private static ModelException unreadable(Path folder, IOException cause) {
        return new ModelException(
                ModelException.Code.BAD_REQUEST,
                "The corpus " + folder + " cannot be read (" + cause.getMessage()
                        + "): check the disk and the rights of its files",
                cause);
    }

    static ModelException fault(String message) {
        return new ModelException(ModelException.Code.BAD_REQUEST, message);
    }
}
