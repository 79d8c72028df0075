package dev.apprentice.skills;

import java.util.List;
import java.util.Optional;

/**
 * Versions that must no longer run, as their marketplaces said last. They are kept with the shelf: they hold after a restart and
 * without a network, until the marketplace takes them back or its user removes it.
 */
public interface Revocations {
    /** The version that stands for every one. */
    String EVERY_VERSION = "*";

    /**
     * Puts a source's list in place of the one it gave before; what is installed stops, or may run again, at once. What a stopped
     * skill has learned is kept.
     *
     * @param source names the marketplace in messages
     * @param revoked all that the source revokes; an empty list forgets the source
     */
    void replace(String source, List<Revocation> revoked);

    /** The first revocation that holds for this version. */
    Optional<Revocation> find(String id, String version);

    /**
     * One version that must not run.
     *
     * @param version {@value #EVERY_VERSION} is every version
     * @param reason what its users shall read
     */
    record Revocation(String id, String version, String reason) {}
}
