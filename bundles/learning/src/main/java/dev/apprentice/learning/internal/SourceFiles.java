package dev.apprentice.learning.internal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Takes in Java files one by one; what is no source text to learn from is left out and counted by its reason. */
final class SourceFiles {
    static final int LARGEST = 512 * 1024; // bytes
    private static final Set<String> BUILT = Set.of("target", "build", "out", "node_modules");

    private final List<SourceFile> files = new ArrayList<>();
    private final Map<String, Integer> skipped = new TreeMap<>();
    private final Set<String> texts = new HashSet<>();

    /** Whether a folder of this name may hold source: not if it is hidden or holds what was built. */
    static boolean isSourceFolder(String name) {
        return !name.startsWith(".") && !BUILT.contains(name);
    }

    static boolean isSourceFile(String name) {
        return name.endsWith(".java") && !name.startsWith(".");
    }

    /** Whether a path with forward slashes is a source file in source folders. */
    static boolean isSource(String path) {
        String[] names = path.split("/", -1);
        for (int i = 0; i + 1 < names.length; i++) {
            if (!isSourceFolder(names[i])) {
                return false;
            }
        }
        return isSourceFile(names[names.length - 1]);
    }

    void leaveOut(String reason) {
        skipped.merge(reason, 1, Integer::sum);
    }

    void add(String path, long seconds, byte[] content) {
        if (content.length > LARGEST) {
            leaveOut("larger than 512 KiB");
            return;
        }
        for (byte value : content) {
            if (value == 0) {
                leaveOut("binary");
                return;
            }
        }
        String all;
        try {
            all = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString()
                    .replace("\r\n", "\n")
                    .replace('\r', '\n');
        } catch (CharacterCodingException broken) {
            leaveOut("not UTF-8");
            return;
        }
        String text = LicenceHeader.strip(all);
        if (text.isBlank()) {
            leaveOut("empty");
        } else if (!texts.add(text)) {
            leaveOut("a copy of another");
        } else {
            int header = (int) all.substring(0, all.length() - text.length())
                    .chars()
                    .filter(c -> c == '\n')
                    .count();
            files.add(new SourceFile(path, seconds, text, header));
        }
    }

    /** Oldest first; files of one moment in the order of the SHA-256 of their paths, so that a later cut does not cut by folder. */
    List<SourceFile> inOrder() {
        return files.stream()
                .sorted(Comparator.comparingLong(SourceFile::seconds)
                        .thenComparing(file -> StoredCommit.sha256(file.path())))
                .toList();
    }

    Map<String, Integer> skipped() {
        return skipped;
    }
}
