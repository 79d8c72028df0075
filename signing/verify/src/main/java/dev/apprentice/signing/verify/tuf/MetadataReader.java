package dev.apprentice.signing.verify.tuf;

import dev.apprentice.signing.verify.tuf.Metadata.Delegation;
import dev.apprentice.signing.verify.tuf.Metadata.MetaFile;
import dev.apprentice.signing.verify.tuf.Metadata.Root;
import dev.apprentice.signing.verify.tuf.Metadata.Snapshot;
import dev.apprentice.signing.verify.tuf.Metadata.TargetFile;
import dev.apprentice.signing.verify.tuf.Metadata.Targets;
import dev.apprentice.signing.verify.tuf.Metadata.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Reads metadata of each role (section 4) without trusting any of it.
 *
 * <p>All methods throw {@link TufException} with code MALFORMED.
 */
public final class MetadataReader {
    private static final int LONGEST_NAME = 200;
    private static final Set<String> TOP_LEVEL = Set.of("root", "timestamp", "snapshot", "targets");
    private static final String ENDING = ".json";

    private MetadataReader() {}

    /** Reads root metadata. */
    public static Signed<Root> root(byte[] bytes) {
        return read("root", bytes, signed -> {
            Map<String, TufKey> keys = keys(signed);
            Fields roles = signed.object("roles");
            return new Root(
                    version(signed),
                    expires(signed),
                    signed.has("consistent_snapshot") && signed.flag("consistent_snapshot"),
                    RoleKeys.read(roles.object("root"), keys),
                    RoleKeys.read(roles.object("timestamp"), keys),
                    RoleKeys.read(roles.object("snapshot"), keys),
                    RoleKeys.read(roles.object("targets"), keys));
        });
    }

    /** Reads timestamp metadata. */
    public static Signed<Timestamp> timestamp(byte[] bytes) {
        return read(
                "timestamp",
                bytes,
                signed -> new Timestamp(
                        version(signed),
                        expires(signed),
                        metaFile(signed.object("meta").object("snapshot.json"))));
    }

    /** Reads snapshot metadata. */
    public static Signed<Snapshot> snapshot(byte[] bytes) {
        return read("snapshot", bytes, signed -> {
            Map<String, MetaFile> roles = new HashMap<>();
            signed.object("meta").objects().forEach((file, meta) -> {
                if (!file.endsWith(ENDING)) {
                    throw meta.fault("is no name of a metadata file");
                }
                roles.put(file.substring(0, file.length() - ENDING.length()), metaFile(meta));
            });
            return new Snapshot(version(signed), expires(signed), Map.copyOf(roles));
        });
    }

    /** Reads the metadata of a targets role, the top-level one or a delegated one. */
    public static Signed<Targets> targets(byte[] bytes) {
        return read("targets", bytes, signed -> {
            Map<String, TargetFile> targets = new LinkedHashMap<>();
            signed.object("targets").objects().forEach((path, target) -> targets.put(path, target(path, target)));
            return new Targets(
                    version(signed),
                    expires(signed),
                    Map.copyOf(targets),
                    signed.has("delegations") ? delegations(signed.object("delegations")) : List.of());
        });
    }

    private static <T extends Metadata> Signed<T> read(String type, byte[] bytes, Function<Fields, T> body) {
        Fields envelope = new Fields("The " + type + " metadata", StrictJson.parse("The " + type + " metadata", bytes));
        Fields signed = envelope.object("signed");
        if (!signed.text("_type").equals(type)) {
            throw signed.fault("is of type " + signed.text("_type") + " instead of " + type);
        }
        if (!signed.text("spec_version").matches("1(\\.[0-9]{1,6}){1,2}")) {
            throw signed.fault("follows version " + signed.text("spec_version") + " of the specification, not 1");
        }
        Map<String, String> signatures = new LinkedHashMap<>();
        for (Fields signature : envelope.list("signatures")) {
            if (signatures.put(signature.text("keyid"), signature.text("sig")) != null) {
                throw signature.fault("is a second signature by the key " + signature.text("keyid"));
            }
        }
        return new Signed<>(body.apply(signed), CanonicalJson.encode(signed.node()), Map.copyOf(signatures), bytes);
    }

    private static int version(Fields fields) {
        return (int) fields.number("version", 1, Integer.MAX_VALUE);
    }

    private static Instant expires(Fields signed) {
        String text = signed.text("expires");
        try {
            if (text.matches("[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z")) {
                return Instant.parse(text);
            }
        } catch (DateTimeException _) {
            // Told below, like any other text that is no time.
        }
        throw signed.fault("has in expires no time of the form 2030-01-31T23:59:59Z");
    }

    private static Map<String, TufKey> keys(Fields signed) {
        Map<String, TufKey> keys = new HashMap<>();
        signed.object("keys").objects().forEach((id, key) -> keys.put(id, TufKey.read(id, key)));
        return keys;
    }

    private static MetaFile metaFile(Fields meta) {
        return new MetaFile(
                version(meta),
                meta.optionalNumber("length", 1, Long.MAX_VALUE),
                meta.has("hashes") ? meta.object("hashes").textsByName() : Map.of());
    }

    private static TargetFile target(String path, Fields target) {
        if (path.isEmpty() || path.startsWith("/")) {
            throw target.fault("has an empty or absolute path");
        }
        return new TargetFile(
                path,
                target.number("length", 0, Long.MAX_VALUE),
                target.object("hashes").textsByName(),
                target.has("custom") ? target.object("custom").node() : JsonNodeFactory.instance.objectNode());
    }

    private static List<Delegation> delegations(Fields delegations) {
        Map<String, TufKey> keys = keys(delegations);
        List<Delegation> roles = new ArrayList<>();
        Set<String> names = new HashSet<>(TOP_LEVEL);
        for (Fields role : delegations.list("roles")) {
            String name = role.text("name");
            if (name.isEmpty() || UrlPath.encode(name).length() > LONGEST_NAME || !names.add(name)) {
                throw role.fault("has a name that is empty, too long, taken twice or by a top-level role");
            }
            boolean terminating = role.has("terminating") && role.flag("terminating");
            roles.add(new Delegation(name, RoleKeys.read(role, keys), PathSet.read(role), terminating));
        }
        return List.copyOf(roles);
    }
}
