package dev.apprentice.market;

import java.util.List;

/**
 * A skill of a marketplace beside what is installed here.
 *
 * @param chosen the version asked for, else the newest that fits, else the newest
 * @param publisher who signs it
 * @param misfit why the chosen version does not fit, and which would; empty if it fits
 * @param installed the version that is installed here; empty if none
 * @param changes what installing the chosen version would change; empty if nothing is installed
 * @param versions all that are offered, newest first
 * @param evidence target paths of the chosen version's provenance and bill of materials; those that there are
 */
public record SkillDetails(
        String market,
        CatalogueEntry chosen,
        PublisherFacts publisher,
        String misfit,
        String installed,
        List<Difference> changes,
        List<OfferedVersion> versions,
        List<String> evidence) {
    public SkillDetails {
        changes = List.copyOf(changes);
        versions = List.copyOf(versions);
        evidence = List.copyOf(evidence);
    }

    /**
     * The publisher as the marketplace introduces it.
     *
     * @param name in its certificates
     * @param fingerprint SHA-256 hex over both certificates
     * @param trusted whether this machine believes it already
     */
    public record PublisherFacts(String namespace, String name, String fingerprint, boolean trusted) {}

    /** One thing that an update would change. */
    public record Difference(String what, String from, String to) {}

    /**
     * One version that is offered.
     *
     * @param fits whether it fits the base model here
     * @param revoked why it must not run; empty if it may
     * @param changes what its publisher says is new; empty if nothing
     */
    public record OfferedVersion(CatalogueEntry entry, boolean fits, String revoked, String changes) {}
}
