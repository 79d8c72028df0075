package dev.apprentice.skills.internal;

import dev.apprentice.skill.SkillFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The texts of one skill as files of a folder; one at a time, since a skill is called by several threads. */
final class SkillFolder implements SkillFiles {
    private static final String NAME = "[a-z0-9_-]{1,64}";
    private static final String SUFFIX = ".txt";

    private final Path folder;
    private boolean closed;

    SkillFolder(Path folder) {
        this.folder = folder;
    }

    @Override
    public synchronized List<String> names() {
        return told(() -> {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                return List.of();
            }
            try (Stream<Path> files = Files.list(folder)) {
                return files.map(file -> String.valueOf(file.getFileName()))
                        .filter(name -> name.endsWith(SUFFIX))
                        .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                        .sorted()
                        .toList();
            }
        });
    }

    @Override
    public synchronized Optional<String> read(String name) {
        Path file = file(name, SUFFIX);
        return told(() -> {
            try (InputStream content = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                // A file that grew by other hands is cut off: it must not fill the memory.
                return Optional.of(new String(content.readNBytes(4 * LONGEST), StandardCharsets.UTF_8));
            } catch (NoSuchFileException _) {
                return Optional.empty();
            }
        });
    }

    @Override
    public synchronized void write(String name, String text) {
        Path file = file(name, SUFFIX);
        Path fresh = file(name, ".new");
        require(text.length() <= LONGEST, "The text " + name + " has more than " + LONGEST + " characters");
        List<String> names = names();
        require(names.contains(name) || names.size() < MOST, "There are " + MOST + " texts already: delete one");
        told(() -> {
            Files.createDirectories(folder);
            Files.deleteIfExists(fresh);
            Files.writeString(fresh, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        });
    }

    @Override
    public synchronized void delete(String name) {
        Path file = file(name, SUFFIX);
        told(() -> Files.deleteIfExists(file));
    }

    /** From now on every call is refused: a thread of the skill may outlive it. */
    synchronized void close() {
        closed = true;
    }

    /** The names that are allowed mean the same on every file system, and nothing outside of the folder. */
    private Path file(String name, String suffix) {
        require(name.matches(NAME), "A text cannot have the name '" + name + "': use " + NAME);
        return folder.resolve(name + suffix);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private <T> T told(Work<T> work) {
        if (closed) {
            throw new IllegalStateException("The skill was removed: its texts are closed");
        }
        try {
            return work.run();
        } catch (IOException e) {
            throw new IllegalStateException("The skill's folder does not work (" + e.getMessage() + ")", e);
        }
    }

    /** Something done with files. */
    @FunctionalInterface
    private interface Work<T> {
        T run() throws IOException;
    }
}
