package dev.apprentice.learning.internal;

import dev.apprentice.learning.LearningException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The Java source that lies below a folder in the order of time, without build output, hidden folders and links.
 *
 * @param files oldest first, by the time of the file
 * @param skipped number of files left out, by reason
 */
record SourceFolder(List<SourceFile> files, Map<String, Integer> skipped) {
    /** @throws LearningException if there is no such folder, or no Java in it */
    static SourceFolder read(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new LearningException(
                    LearningException.Code.NOT_FOUND,
                    "There is no folder " + folder + ": name one that holds Java source");
        }
        Path root = folder.toAbsolutePath().normalize();
        SourceFiles files = new SourceFiles();
        try {
            for (Path path : javaFiles(root)) {
                String name = root.relativize(path).toString().replace('\\', '/');
                long seconds = Files.getLastModifiedTime(path).toMillis() / 1000;
                if (!Files.isReadable(path)) {
                    files.leaveOut("unreadable");
                } else {
                    files.add(name, seconds, head(path));
                }
            }
        } catch (IOException fault) {
            throw new LearningException(
                    LearningException.Code.FAILED,
                    "Could not read " + folder + " (" + fault + "): check its permissions",
                    fault);
        }
        List<SourceFile> inOrder = files.inOrder();
        if (inOrder.isEmpty()) {
            throw new LearningException(
                    LearningException.Code.NOTHING_TO_DO,
                    "There is no readable Java source below " + folder
                            + (files.skipped().isEmpty() ? "" : " (left out: " + files.skipped() + ")")
                            + ": name the folder of a Java project");
        }
        return new SourceFolder(inOrder, files.skipped());
    }

    /** The source files below a folder, by path. */
    private static List<Path> javaFiles(Path root) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return folder.equals(root)
                                || SourceFiles.isSourceFolder(
                                        folder.getFileName().toString())
                        ? FileVisitResult.CONTINUE
                        : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()
                        && SourceFiles.isSourceFile(file.getFileName().toString())) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        found.sort(Comparator.naturalOrder());
        return found;
    }

    /** The bytes of a file, of a huge one only enough to see that it is. */
    private static byte[] head(Path path) throws IOException {
        try (InputStream content = Files.newInputStream(path)) {
            return content.readNBytes(SourceFiles.LARGEST + 1);
        }
    }
}
