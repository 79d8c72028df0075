package dev.apprentice.skills;

import java.time.Instant;
import java.util.List;

/**
 * A skill on the shelf.
 *
 * @param publisher name in the certificates that signed it
 * @param publisherFingerprint SHA-256 hex over both certificates of the publisher
 * @param jarDigest of exactly the bytes that run
 * @param keptVersions versions that can be rolled back to, this one included, newest first
 * @param permissions labels of what its user agreed that this version may do
 * @param dataOnly whether it contains no code
 * @param problem why it does not serve; empty if it serves
 */
public record InstalledSkill(
        String id,
        String version,
        String name,
        String description,
        String publisher,
        String publisherFingerprint,
        String jarDigest,
        Instant installedAt,
        List<String> keptVersions,
        List<String> permissions,
        boolean dataOnly,
        State state,
        String problem) {

    /** Whether a skill answers. */
    public enum State {
        SERVING,
        QUARANTINED
    }
}
