package dev.apprentice.learning.internal;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lines of a file that follow one another, counted from 0.
 *
 * @param to the first line after them
 */
record LineRange(int from, int to) {
    /** The runs of lines whose bits are set. */
    static List<LineRange> of(BitSet lines) {
        List<LineRange> ranges = new ArrayList<>();
        for (int from = lines.nextSetBit(0); from >= 0; ) {
            int to = lines.nextClearBit(from);
            ranges.add(new LineRange(from, to));
            from = lines.nextSetBit(to);
        }
        return ranges;
    }

    /** As {@code 0-12,30-31}, the second of each pair not included. */
    static String write(List<LineRange> ranges) {
        return ranges.stream().map(range -> range.from + "-" + range.to).collect(Collectors.joining(","));
    }

    static List<LineRange> read(String text) {
        return Stream.of(text.split(",", -1))
                .map(range -> range.split("-", -1))
                .map(ends -> new LineRange(Integer.parseInt(ends[0]), Integer.parseInt(ends[1])))
                .toList();
    }
}
