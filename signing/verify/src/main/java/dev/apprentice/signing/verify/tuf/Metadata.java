package dev.apprentice.signing.verify.tuf;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What a role says (sections 4.3 to 4.6). */
public sealed interface Metadata {
    /** From 1 upwards. */
    int version();

    Instant expires();

    /** Who signs for the top-level roles. */
    record Root(
            int version,
            Instant expires,
            boolean consistentSnapshot,
            RoleKeys root,
            RoleKeys timestamp,
            RoleKeys snapshot,
            RoleKeys targets)
            implements Metadata {}

    /** Which snapshot is the newest. */
    record Timestamp(int version, Instant expires, MetaFile snapshot) implements Metadata {}

    /** Which version of each targets role belongs together; by role name. */
    record Snapshot(int version, Instant expires, Map<String, MetaFile> roles) implements Metadata {}

    /** Which targets there are, and who else may say so, in order of precedence. */
    record Targets(int version, Instant expires, Map<String, TargetFile> targets, List<Delegation> delegations)
            implements Metadata {}

    /** A metadata file as the metadata above describes it. */
    record MetaFile(int version, Optional<Long> length, Map<String, String> hashes) {}

    /**
     * A file that can be downloaded.
     *
     * @param path relative, with {@code /} between its parts
     * @param hashes hex by algorithm
     * @param custom what the publisher says of it; an empty object if nothing
     */
    record TargetFile(String path, long length, Map<String, String> hashes, JsonNode custom) {}

    /** One role's right to speak for some paths. */
    record Delegation(String name, RoleKeys keys, PathSet paths, boolean terminating) {}
}
