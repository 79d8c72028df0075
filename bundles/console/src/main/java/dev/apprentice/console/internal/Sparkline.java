package dev.apprentice.console.internal;

import dev.apprentice.learning.Commit;
import dev.apprentice.learning.Validation;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A small line of the personal loss over the commits, for a drawing of 100 by 24 units. */
final class Sparkline {
    private static final int WIDTH = 100;
    private static final int HEIGHT = 24;
    private static final int MARGIN = 2;

    private Sparkline() {}

    /** Points of a polyline; empty if there are fewer than two values. */
    static String points(List<Commit> history) {
        double[] values = history.stream()
                .map(Commit::validation)
                .filter(Objects::nonNull)
                .map(Validation::personal)
                .mapToDouble(Validation.Pair::after)
                .toArray();
        if (values.length < 2) {
            return "";
        }
        double low = IntStream.range(0, values.length)
                .mapToDouble(i -> values[i])
                .min()
                .orElse(0);
        double high = IntStream.range(0, values.length)
                .mapToDouble(i -> values[i])
                .max()
                .orElse(0);
        double range = high > low ? high - low : 1;
        return IntStream.range(0, values.length)
                .mapToObj(i -> String.format(
                        Locale.ROOT,
                        "%.1f,%.1f",
                        (double) WIDTH * i / (values.length - 1),
                        MARGIN + (HEIGHT - 2.0 * MARGIN) * (high - values[i]) / range))
                .collect(Collectors.joining(" "));
    }
}
