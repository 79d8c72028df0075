package dev.apprentice.signing.verify.internal;

import static dev.apprentice.signing.verify.internal.ZipBytes.require;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The names of an archive: each must mean one file, on every file system, within the archive. */
final class EntryNames {
    private static final String MANIFEST = "META-INF/MANIFEST.MF";
    private static final int LONGEST = 512;

    private final List<String> first = new ArrayList<>();
    private final Set<String> files = new HashSet<>();
    private final Set<String> folders = new HashSet<>();

    void add(String name, int index) {
        checkPath(name);
        String folded = Normalizer.normalize(name, Normalizer.Form.NFC)
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT);
        boolean folder = folded.endsWith("/");
        String path = folder ? folded.substring(0, folded.length() - 1) : folded;
        require(!files.contains(path), "has two entries named " + name + " (but for case or spelling)");
        if (folder) {
            require(folders.add(path + "/") || !first.contains(name), "has two entries named " + name);
        } else {
            require(!folders.contains(path + "/"), "has a file and a folder named " + name);
            files.add(path);
        }
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
            String parent = path.substring(0, slash);
            require(!files.contains(parent), "has a file and a folder named " + parent);
            folders.add(parent + "/");
        }
        if (index < 2) {
            first.add(name);
        }
    }

    /** Streaming readers take the manifest only where it is the first file. */
    void requireManifestFirst() {
        boolean leads = first.getFirst().equals(MANIFEST)
                || first.size() == 2
                        && first.getFirst().equals("META-INF/")
                        && first.get(1).equals(MANIFEST);
        require(leads, "does not begin with " + MANIFEST);
    }

    private static void checkPath(String name) {
        require(
                !name.isEmpty() && name.length() <= LONGEST,
                "has an entry with an empty name or one longer than " + LONGEST);
        require(
                name.chars().noneMatch(c -> c < 32 || c == 127 || c == '\\' || c == ':' || c == '*' || c == '?'),
                "has an entry whose name holds a control character, a backslash, a colon or a wildcard: "
                        + printable(name));
        require(!name.startsWith("/"), "has an entry with an absolute path: " + name);
        String path = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
        for (String part : path.split("/", -1)) {
            require(
                    !part.isEmpty() && !part.endsWith(".") && !part.endsWith(" "),
                    "has an entry whose path leaves the archive or means another on some systems: " + name);
        }
    }

    private static String printable(String name) {
        return name.replaceAll("[\\x00-\\x1f\\x7f]", "\uFFFD");
    }
}
