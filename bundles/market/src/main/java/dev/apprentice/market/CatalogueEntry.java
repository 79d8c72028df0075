package dev.apprentice.market;

import java.time.Instant;
import java.util.List;

/**
 * One version of a skill, as the marketplace's index describes it.
 *
 * @param publisher namespace of the publisher
 * @param base digest of the base model that it was made for
 * @param tokenizer digest of the tokenizer it depends on; empty if on none
 * @param code whether it contains code
 * @param licence SPDX name; empty if it says none
 * @param spi what it needs of the platform; empty if nothing
 * @param path of the target
 * @param size of the file in bytes
 */
public record CatalogueEntry(
        String publisher,
        String id,
        String version,
        String name,
        String description,
        String base,
        String tokenizer,
        List<String> permissions,
        boolean code,
        AdapterFacts adapter,
        String licence,
        String spi,
        Instant published,
        String path,
        long size) {
    public CatalogueEntry {
        permissions = List.copyOf(permissions);
    }

    /** The shipped adapter. */
    public record AdapterFacts(String type, int rank, List<String> targets) {
        public AdapterFacts {
            targets = List.copyOf(targets);
        }

        @Override
        public String toString() {
            return type + ", rank " + rank + ", on " + String.join(" ", targets);
        }
    }
}
