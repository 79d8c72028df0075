package dev.apprentice.skills;

import java.util.List;
import java.util.Optional;

/**
 * What installing a file would mean, told before it is done.
 *
 * @param publisher name in the certificates that signed it
 * @param publisherFingerprint SHA-256 hex over both certificates of the publisher
 * @param dataOnly whether it contains no code
 * @param permissions all that it asks for
 * @param newPermissions those of them that nobody has agreed to for the version installed now
 * @param installed the version that it would replace
 */
public record SkillOffer(
        String id,
        String version,
        String name,
        String description,
        String publisher,
        String publisherFingerprint,
        boolean dataOnly,
        List<Permission> permissions,
        List<Permission> newPermissions,
        Optional<String> installed) {
    public SkillOffer {
        permissions = List.copyOf(permissions);
        newPermissions = List.copyOf(newPermissions);
    }
}
