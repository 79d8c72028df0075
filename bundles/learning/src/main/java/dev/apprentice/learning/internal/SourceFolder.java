package dev.apprentice.learning.internal;

import dev.apprentice.learning.LearningException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The Java source below a folder in the order of time, without build output, hidden folders and links.
 *
 * @param order what gave the order: {@code git} or {@code file time}
 * @param files oldest first; files of one moment in the order of the SHA-256 of their paths, so that a later cut by time does not
 *     cut by folder
 * @param skipped number of files left out, by reason
 */
record SourceFolder(String order, List<SourceFile> files, Map<String, Integer> skipped) {
    private static final int LARGEST = 512 * 1024; // bytes
    private static final Set<String> BUILT = Set.of("target", "build", "out", "node_modules");

    /** @throws LearningException if there is no such folder, or no Java in it */
    static SourceFolder read(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new LearningException(
                    LearningException.Code.NOT_FOUND,
                    "There is no folder " + folder + ": name one that holds Java source");
        }
        Path root = folder.toAbsolutePath().normalize();
        Map<String, Integer> skipped = new TreeMap<>();
        List<SourceFile> files = new ArrayList<>();
        Map<String, Long> times = GitTimes.of(root);
        boolean git = !times.isEmpty();
        try {
            Set<String> texts = new HashSet<>();
            for (Path path : javaFiles(root)) {
                String name = root.relativize(path).toString().replace('\\', '/');
                String fault = fault(path);
                String text = fault.isEmpty() ? text(path) : "";
                if (fault.isEmpty() && !texts.add(text)) {
                    fault = "a copy of another";
                }
                if (fault.isEmpty()) {
                    // what Git does not know yet is newer than what it knows
                    long modified = Files.getLastModifiedTime(path).toMillis() / 1000;
                    files.add(new SourceFile(name, times.getOrDefault(name, modified), text));
                } else {
                    skipped.merge(fault, 1, Integer::sum);
                }
            }
        } catch (IOException fault) {
            throw new LearningException(
                    LearningException.Code.FAILED,
                    "Could not read " + folder + " (" + fault + "): check its permissions",
                    fault);
        }
        if (files.isEmpty()) {
            throw new LearningException(
                    LearningException.Code.NOTHING_TO_DO,
                    "There is no readable Java source below " + folder
                            + (skipped.isEmpty() ? "" : " (left out: " + skipped + ")")
                            + ": name the folder of a Java project");
        }
        files.sort(
                Comparator.comparingLong(SourceFile::seconds).thenComparing(file -> StoredCommit.sha256(file.path())));
        return new SourceFolder(git ? "git" : "file time", files, skipped);
    }

    private static List<Path> javaFiles(Path root) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.equals(root) ? "" : folder.getFileName().toString();
                return name.startsWith(".") || BUILT.contains(name)
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = file.getFileName().toString();
                if (attributes.isRegularFile() && name.endsWith(".java") && !name.startsWith(".")) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        found.sort(Comparator.naturalOrder());
        return found;
    }

    /** Why a file is left out; empty if it is not. */
    private static String fault(Path path) throws IOException {
        if (!Files.isReadable(path)) {
            return "unreadable";
        }
        if (Files.size(path) > LARGEST) {
            return "larger than 512 KiB";
        }
        byte[] bytes = Files.readAllBytes(path);
        for (byte value : bytes) {
            if (value == 0) {
                return "binary";
            }
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return LicenceHeader.strip(text).isBlank() ? "empty" : "";
        } catch (CharacterCodingException broken) {
            return "not UTF-8";
        }
    }

    private static String text(Path path) throws IOException {
        return LicenceHeader.strip(Files.readString(path).replace("\r\n", "\n").replace('\r', '\n'));
    }
}
