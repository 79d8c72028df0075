package dev.apprentice.learning.internal;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Finds blocks that already stood in some file: a run of lines equal but for white space, blank lines aside. */
final class KnownLines {
    /** A run this long is moved or copied; shorter ones people write again. */
    private static final int RUN = 4;

    private final Set<List<String>> runs = new HashSet<>();

    KnownLines(List<SourceFile> files) {
        for (SourceFile file : files) {
            List<String> lines = stripped(file);
            int[] filled = filled(lines);
            for (int i = 0; i + RUN <= filled.length; i++) {
                runs.add(run(lines, filled, i));
            }
        }
    }

    /** The lines of a file that belong to a known block. */
    BitSet in(SourceFile file) {
        List<String> lines = stripped(file);
        int[] filled = filled(lines);
        BitSet known = new BitSet();
        for (int i = 0; i + RUN <= filled.length; i++) {
            if (runs.contains(run(lines, filled, i))) {
                known.set(filled[i], filled[i + RUN - 1] + 1);
            }
        }
        return known;
    }

    private static List<String> run(List<String> lines, int[] filled, int first) {
        return IntStream.range(first, first + RUN)
                .mapToObj(i -> lines.get(filled[i]))
                .toList();
    }

    private static List<String> stripped(SourceFile file) {
        return file.text().lines().map(String::strip).toList();
    }

    private static int[] filled(List<String> lines) {
        return IntStream.range(0, lines.size())
                .filter(i -> !lines.get(i).isEmpty())
                .toArray();
    }
}
