package dev.apprentice.market;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A marketplace as this machine knows it.
 *
 * @param addresses where it is, the first that answers well being used
 * @param introducesPublishers whether its word is enough to trust a publisher
 * @param refreshed when its metadata was last brought up to date; null if never
 * @param expires when what is known of it ceases to be believed; null if nothing is
 * @param skills how many skills it offers
 * @param problem what went wrong last, or will soon; empty if nothing
 */
public record Marketplace(
        String name,
        List<String> addresses,
        boolean introducesPublishers,
        @Nullable Instant refreshed,
        @Nullable Instant expires,
        int skills,
        String problem) {
    public Marketplace {
        addresses = List.copyOf(addresses);
    }
}
