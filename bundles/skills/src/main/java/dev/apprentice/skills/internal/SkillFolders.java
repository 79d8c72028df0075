package dev.apprentice.skills.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The folders of all skills that keep texts; ids are safe names of folders, as descriptors are read. */
final class SkillFolders {
    private static final System.Logger LOGGER = System.getLogger(SkillFolders.class.getName());

    private final Path parent;
    private final Map<String, SkillFolder> open = new ConcurrentHashMap<>();

    SkillFolders(Path parent) {
        this.parent = parent;
    }

    /** All versions of a skill share its folder, and its lock. */
    SkillFolder open(String id) {
        return open.computeIfAbsent(id, any -> new SkillFolder(parent.resolve(id)));
    }

    /** A skill that is no longer installed reaches its texts no more. */
    void close(String id) {
        SkillFolder folder = open.remove(id);
        if (folder != null) {
            folder.close();
        }
    }

    /** Deletes the texts of skills of which nothing is kept; what does not go now goes at the next start. */
    void retain(Set<String> ids) {
        if (!Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        for (Path folder : list(parent)) {
            if (!ids.contains(String.valueOf(folder.getFileName()))) {
                delete(folder);
            }
        }
    }

    private static void delete(Path file) {
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            list(file).forEach(SkillFolders::delete);
        }
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.WARNING, "A removed skill's " + file + " cannot be deleted", e);
        }
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.WARNING, "The folder " + folder + " cannot be read", e);
            return List.of();
        }
    }
}
