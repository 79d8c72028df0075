package dev.apprentice.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What was built: {@code bundles/} that the framework runs and {@code skills/} that come with it.
 *
 * @param root the folder that holds both
 */
public record Distribution(Path root) {
    /** The distribution this process was started from, named by the system property {@code apprentice.distribution}. */
    public static Distribution current() {
        String root = System.getProperty("apprentice.distribution");
        if (root == null || !Files.isDirectory(Path.of(root, "bundles"))) {
            throw new LauncherException("No built bundles were found at " + root
                    + ": start through the script launcher/apprentice, which builds them on first use");
        }
        return new Distribution(Path.of(root));
    }

    List<Path> bundles() {
        return jars(root.resolve("bundles"));
    }

    /** The jar of a shipped skill. */
    public Path skill(String id, String version) {
        Path jar = root.resolve("skills").resolve(id + "-" + version + ".jar");
        if (!Files.isRegularFile(jar)) {
            throw new LauncherException("The skill " + jar + " was not built: run 'mvn package' again");
        }
        return jar;
    }

    private static List<Path> jars(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new LauncherException("The folder " + folder + " cannot be read: build again with 'mvn package'", e);
        }
    }
}
