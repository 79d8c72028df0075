package dev.apprentice.market.internal;

import dev.apprentice.market.CatalogueEntry;
import java.util.Arrays;
import java.util.Comparator;

/** The order of versions of three numbers. */
final class Versions {
    static final Comparator<String> ORDER = (a, b) -> Arrays.compare(numbers(a), numbers(b));
    static final Comparator<CatalogueEntry> NEWEST_FIRST =
            Comparator.comparing(CatalogueEntry::version, ORDER).reversed();

    private Versions() {}

    private static int[] numbers(String version) {
        return Arrays.stream(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
    }
}
