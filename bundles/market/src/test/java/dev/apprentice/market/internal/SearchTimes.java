package dev.apprentice.market.internal;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Prints how long searches in a catalogue of 100,000 skills take; run it by hand, since times say little on a busy machine. */
final class SearchTimes {
    private static final int SKILLS = 100_000;
    private static final int TIMES = 51;
    private static final int PAGE = 50;

    private SearchTimes() {}

    public static void main(String[] arguments) {
        long start = System.nanoTime();
        Catalogue catalogue = new Catalogue(IndexReader.Index.of(SearchIndexTest.many(SKILLS)));
        System.out.printf(Locale.ROOT, "%d skills indexed in %.0f ms%n", SKILLS, millis(start));
        for (String terms : List.of("", "java-70007", "haskell", "h", "s s s", "latin house 37", "completes style")) {
            double[] times = new double[TIMES];
            int found = 0;
            for (int i = 0; i < TIMES; i++) {
                long begin = System.nanoTime();
                found = catalogue.find(terms, PAGE).total();
                times[i] = millis(begin);
            }
            double first = times[0];
            Arrays.sort(times);
            System.out.printf(
                    Locale.ROOT,
                    "'%s': %d found, first %.1f ms, median %.1f ms, slowest %.1f ms%n",
                    terms,
                    found,
                    first,
                    times[TIMES / 2],
                    times[TIMES - 1]);
        }
    }

    private static double millis(long start) {
        return (System.nanoTime() - start) / 1e6;
    }
}
