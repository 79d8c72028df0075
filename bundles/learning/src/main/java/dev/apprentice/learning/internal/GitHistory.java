package dev.apprentice.learning.internal;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The history of a folder in Git. Its cut in time is the commit since which about a fifth of today's lines were written. Lines whose
 * white space alone changed, and blocks that stood elsewhere before, were not written since.
 */
final class GitHistory {
    /** Of today's lines: with less written since the cut there is too little to measure on, with more too little to learn. */
    private static final double LEAST = 0.05;

    private static final double MOST = 0.5;
    private static final Pattern HUNK = Pattern.compile("@@ -\\d+(?:,(\\d+))? \\+(\\d+)(?:,(\\d+))? @@.*");
    private static final String TIME = "\u0001";

    private final Git git;
    private final Path folder;

    GitHistory(Path folder) {
        this.folder = folder;
        this.git = new Git(folder);
    }

    /**
     * The committed source, cut in time.
     *
     * @param found what lies in the folder now
     * @return empty if Git has no source of this folder
     */
    Optional<TimeSplit> split(SourceFolder found) {
        SourceFiles now = tree("HEAD");
        List<SourceFile> files = now.inOrder();
        if (files.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Integer> skipped = new TreeMap<>(now.skipped());
        Set<String> committed = files.stream().map(SourceFile::path).collect(Collectors.toSet());
        long uncommitted = found.files().stream()
                .filter(file -> !committed.contains(file.path()))
                .count();
        if (uncommitted > 0) {
            skipped.put("not committed", (int) uncommitted);
        }
        return Optional.of(cut(files.stream().mapToInt(SourceFile::lineCount).sum())
                .map(commit -> since(commit, files, skipped))
                .orElseGet(() -> TimeSplit.byFile("git", files, skipped, folder)));
    }

    /** The commit of the first-parent history since which the part of lines written is nearest to what is wanted. */
    private Optional<String> cut(int lines) {
        List<String> commits = git.lines("log", "--first-parent", "--format=%H", "--", ".");
        // the older the commit, the more was written since: the first with enough is found by halving
        int low = 0;
        int high = commits.size() - 1;
        while (low < high) {
            int middle = (low + high) / 2;
            if (written(commits.get(middle)) < TimeSplit.LATER * lines) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        String best = "";
        double nearest = Double.MAX_VALUE;
        for (String commit : commits.subList(Math.max(0, high - 1), high + 1)) {
            double part = (double) written(commit) / lines;
            if (part >= LEAST && part <= MOST && Math.abs(part - TimeSplit.LATER) < nearest) {
                nearest = Math.abs(part - TimeSplit.LATER);
                best = commit;
            }
        }
        return Optional.of(best).filter(commit -> !commit.isEmpty());
    }

    private long written(String commit) {
        return git.lines(diff(commit, "--numstat")).stream()
                .map(line -> line.split("\t", -1)[0])
                .filter(added -> !added.equals("-"))
                .mapToLong(Long::parseLong)
                .sum();
    }

    private TimeSplit since(String commit, List<SourceFile> files, Map<String, Integer> skipped) {
        List<SourceFile> earlier = tree(commit).inOrder();
        KnownLines known = new KnownLines(earlier);
        Map<String, BitSet> changes = changes(git.lines(diff(commit, "--unified=0")));
        List<TimeSplit.Later> later = new ArrayList<>();
        for (SourceFile file : files) {
            BitSet changed = changes.getOrDefault(file.path(), new BitSet());
            BitSet written = changed.get(file.header(), Math.max(file.header(), changed.length()));
            written.andNot(known.in(file));
            if (!written.isEmpty()) {
                later.add(new TimeSplit.Later(file, LineRange.of(written)));
            }
        }
        return earlier.isEmpty() || later.isEmpty()
                ? TimeSplit.byFile("git", files, skipped, folder)
                : new TimeSplit("git", earlier, later, skipped);
    }

    private static String[] diff(String commit, String form) {
        return new String[] {
            "diff",
            form,
            "--no-ext-diff",
            "--no-textconv",
            "--no-color",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            "--relative",
            "-M",
            "-w",
            commit,
            "HEAD",
            "--",
            "*.java"
        };
    }

    /** The lines that a diff without context adds to each file, counted from 0. */
    private static Map<String, BitSet> changes(List<String> diff) {
        Map<String, BitSet> changes = new HashMap<>();
        BitSet file = new BitSet();
        for (int i = 0; i < diff.size(); i++) {
            String line = diff.get(i);
            Matcher hunk = HUNK.matcher(line);
            if (hunk.matches()) {
                int first = Integer.parseInt(hunk.group(2)) - 1;
                int added = count(hunk.group(3));
                file.set(Math.max(0, first), Math.max(0, first) + added);
                i += count(hunk.group(1)) + added;
            } else if (line.startsWith("+++ b/")) {
                file = changes.computeIfAbsent(line.substring("+++ b/".length()), path -> new BitSet());
            }
        }
        return changes;
    }

    private static int count(@Nullable String number) {
        return number == null ? 1 : Integer.parseInt(number);
    }

    /** The source of a commit, each file with the time of its last change. */
    private SourceFiles tree(String commit) {
        Map<String, Long> times = times(commit);
        List<String> paths = new ArrayList<>();
        StringBuilder objects = new StringBuilder();
        // mode, type, object TAB path; regular files only
        for (String entry : git.lines("ls-tree", "-r", commit)) {
            String path = entry.substring(entry.indexOf('\t') + 1);
            if (entry.startsWith("100") && SourceFiles.isSource(path)) {
                paths.add(path);
                objects.append(entry.split("[ \t]", 4)[2]).append('\n');
            }
        }
        SourceFiles files = new SourceFiles();
        byte[] contents = git.bytes(objects.toString(), "cat-file", "--batch").orElse(new byte[0]);
        int at = 0;
        for (String path : paths) {
            // object SP type SP size LF content LF
            int end = indexOf(contents, at, '\n');
            String[] header = new String(contents, at, end - at, StandardCharsets.US_ASCII).split(" ", -1);
            int size = Integer.parseInt(header[2]);
            byte[] content = Arrays.copyOfRange(contents, end + 1, end + 1 + size);
            files.add(path, times.getOrDefault(path, 0L), content);
            at = end + 1 + size + 1;
        }
        return files;
    }

    private static int indexOf(byte[] bytes, int from, char wanted) {
        int at = from;
        while (bytes[at] != wanted) {
            at++;
        }
        return at;
    }

    private Map<String, Long> times(String commit) {
        Map<String, Long> times = new HashMap<>();
        long time = 0;
        for (String line : git.lines(
                "log",
                commit,
                "--format=%x01%ct",
                "--name-only",
                "--no-renames",
                "--relative",
                "-m",
                "--first-parent",
                "--",
                "*.java")) {
            if (line.startsWith(TIME)) {
                time = Long.parseLong(line.substring(TIME.length()));
            } else if (!line.isEmpty()) {
                times.putIfAbsent(line, time); // the log goes from new to old
            }
        }
        return times;
    }
}
