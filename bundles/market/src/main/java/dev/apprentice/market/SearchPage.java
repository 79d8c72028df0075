package dev.apprentice.market;

import java.util.List;

/**
 * A part of what a search found, the best first.
 *
 * @param total how many were found
 * @param offset how many better ones are left out
 * @param problems marketplaces and entries that could not be read, so that a short list explains itself
 */
public record SearchPage(int total, int offset, List<Hit> hits, List<String> problems) {
    public SearchPage {
        hits = List.copyOf(hits);
        problems = List.copyOf(problems);
    }

    /**
     * One skill that was found.
     *
     * @param newest its newest version
     * @param fits whether that one fits the base model here
     * @param installed the version that is installed here; empty if none
     */
    public record Hit(String market, CatalogueEntry newest, boolean fits, String installed) {}
}
