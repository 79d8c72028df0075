package dev.apprentice.signing.publish.repository;

import dev.apprentice.signing.publish.SkillEvidence;
import dev.apprentice.signing.verify.Provenance;
import dev.apprentice.signing.verify.Sha256;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.SigningException.Code;
import dev.apprentice.signing.verify.tuf.CanonicalJson;
import dev.apprentice.signing.verify.tuf.FolderFetcher;
import dev.apprentice.signing.verify.tuf.TufClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A marketplace as a TUF 1.0 repository of static files. Root keys are offline and needed by {@link #init}, {@link #rotate} and a
 * renewal of root only. Each publisher has a namespace, which a terminating delegation gives to a key of its own; the search
 * index, the list of revocations and the publishers' certificates are targets of the marketplace itself. Every change writes new
 * files first and {@code timestamp.json} last, so clients see all of it or nothing.
 */
public final class Repository {
    private static final Duration ROOT_LIFE = Duration.ofDays(365);
    private static final Duration TARGETS_LIFE = Duration.ofDays(180);
    private static final Duration ONLINE_LIFE = Duration.ofDays(14);
    private static final String NAMESPACE = "[a-z0-9](-?[a-z0-9]){0,38}";
    private static final List<String> RESERVED =
            List.of("root", "targets", "snapshot", "timestamp", "online", "publishers", "index");
    private static final String REVOCATIONS = "revocations.json";

    private final RepositoryFiles files;
    private final RepositoryKeys keys;
    private final Clock clock;
    private final Map<String, ObjectNode> changed = new TreeMap<>();

    private Repository(Path folder, RepositoryKeys keys, Clock clock) {
        this.files = new RepositoryFiles(folder);
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * Makes a new repository.
     *
     * @param rootKeys how many keys root has
     * @param threshold how many of them must sign
     */
    public static Repository init(Path folder, RepositoryKeys keys, int rootKeys, int threshold, Clock clock) {
        Repository repository = new Repository(folder, keys, clock);
        if (repository.files.exist()) {
            throw new SigningException(Code.STORAGE, folder + " holds a repository already: choose another folder");
        }
        if (threshold < 1 || threshold > rootKeys) {
            throw new SigningException(
                    Code.FAILED,
                    "A threshold of " + threshold + " cannot be met by " + rootKeys + " keys: choose 1 to " + rootKeys);
        }
        repository.create(rootKeys, threshold);
        return repository;
    }

    /** Opens a repository to change it. */
    public static Repository open(Path folder, RepositoryKeys keys, Clock clock) {
        Repository repository = new Repository(folder, keys, clock);
        if (!repository.files.exist()) {
            throw new SigningException(Code.STORAGE, folder + " holds no repository: make one with 'repo init'");
        }
        return repository;
    }

    private void create(int rootKeys, int threshold) {
        ObjectNode root = body("root", ROOT_LIFE);
        root.put("consistent_snapshot", true).putObject("keys");
        ObjectNode roles = root.putObject("roles");
        authorize(root, roles.putObject("root"), keys.create("root", rootKeys), threshold);
        List<RoleKey> online = keys.create("online", 1);
        authorize(root, roles.putObject("timestamp"), online, 1);
        authorize(root, roles.putObject("snapshot"), online, 1);
        authorize(root, roles.putObject("targets"), keys.create("targets", 1), 1);
        files.writeMetadata("1.root.json", envelope(root, keys.of("root")));
        ObjectNode targets = body("targets", TARGETS_LIFE);
        targets.putObject("targets");
        targets.putObject("delegations").putObject("keys");
        ((ObjectNode) targets.path("delegations")).putArray("roles");
        changed.put("targets", targets);
        ObjectNode snapshot = body("snapshot", ONLINE_LIFE);
        snapshot.putObject("meta");
        ObjectNode timestamp = body("timestamp", ONLINE_LIFE);
        timestamp.putObject("meta");
        put(REVOCATIONS, IndexFiles.file("revoked", List.of()));
        commit(snapshot, timestamp, 1);
    }

    /**
     * Gives a publisher a namespace: the target paths {@code NAMESPACE/*}, under a new key.
     *
     * @param certificatePem the publisher's certificates, for which the marketplace vouches
     */
    public void addPublisher(String namespace, String certificatePem) {
        begin();
        if (!namespace.matches(NAMESPACE) || RESERVED.contains(namespace)) {
            throw new SigningException(
                    Code.FAILED,
                    "The namespace '" + namespace + "' is taken or not of the form " + NAMESPACE + ": choose another");
        }
        ObjectNode targets = role("targets");
        if (delegation(targets, namespace) != null) {
            throw new SigningException(
                    Code.FAILED, "The namespace " + namespace + " has a publisher already: choose another");
        }
        ObjectNode delegations = (ObjectNode) targets.path("delegations");
        ObjectNode delegation = ((ArrayNode) delegations.path("roles")).addObject();
        delegation.put("name", namespace).put("terminating", true);
        delegation.putArray("paths").add(namespace + "/*");
        authorize(delegations, delegation, keys.create(namespace, 1), 1);
        put("publishers/" + namespace + ".pem", certificatePem.getBytes(StandardCharsets.UTF_8));
        ObjectNode publisher = body(namespace, TARGETS_LIFE);
        publisher.put("_type", "targets").putObject("targets");
        changed.put(namespace, publisher);
        commit();
    }

    /** Publishes a signed skill in a namespace; a version, once published, never changes. */
    public String publish(String namespace, byte[] jar, byte[] signature) {
        return publish(namespace, jar, signature, null);
    }

    /** Publishes a signed skill with what stands beside it; whether it belongs to it is for installers to see. */
    public String publish(String namespace, byte[] jar, byte[] signature, @Nullable SkillEvidence evidence) {
        begin();
        ObjectNode publisher = publisher(namespace);
        ObjectNode facts = SkillFacts.read(jar);
        String id = facts.path("id").stringValue();
        facts.put("publisher", namespace)
                .put("yanked", false)
                .put("published", clock.instant().toString());
        String path = namespace + "/" + id + "-" + facts.path("version").stringValue() + ".jar";
        ObjectNode targets = (ObjectNode) publisher.path("targets");
        JsonNode before = targets.get(path);
        if (before != null && !before.at("/hashes/sha256").asString("").equals(Sha256.hex(jar))) {
            throw new SigningException(
                    Code.FAILED, path + " is published with other content: give the skill a new version");
        }
        ObjectNode description = JsonMapper.shared().createObjectNode();
        description.set("custom", facts);
        targets.set(path, files.addTarget(path, jar, description));
        Map<String, byte[]> beside = new TreeMap<>(Map.of(path + ".p7s", signature));
        if (evidence != null) {
            beside.put(path + Provenance.ENDING, evidence.provenance());
            beside.put(path + Provenance.SBOM_ENDING, evidence.sbom());
        }
        beside.forEach((file, content) -> targets.set(
                file, files.addTarget(file, content, JsonMapper.shared().createObjectNode())));
        commit();
        return path;
    }

    /** Takes a version out of the search; who has it keeps it. */
    public void yank(String namespace, String id, String version) {
        begin();
        JsonNode custom = publisher(namespace)
                .path("targets")
                .path(namespace + "/" + id + "-" + version + ".jar")
                .path("custom");
        if (!(custom instanceof ObjectNode facts)) {
            throw new SigningException(
                    Code.FAILED, namespace + " has not published " + id + " " + version + ": see index.json");
        }
        facts.put("yanked", true);
        commit();
    }

    /** Revokes a version, or all with {@code *}: installed copies stop at the next refresh of their machine. */
    public void revoke(String id, String version, String reason) {
        begin();
        List<JsonNode> revoked = new ArrayList<>(items(REVOCATIONS, "revoked"));
        revoked.add(JsonMapper.shared()
                .createObjectNode()
                .put("id", id)
                .put("version", version)
                .put("reason", reason)
                .put("since", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString()));
        put(REVOCATIONS, IndexFiles.file("revoked", revoked));
        commit();
    }

    /** Replaces the keys of root, targets, online or a namespace by as many new ones; what the old ones sign is void. */
    public void rotate(String role) {
        begin();
        if (!role.equals("root") && !role.equals("targets") && !role.equals("online")) {
            rotatePublisher(role);
            commit();
            return;
        }
        List<RoleKey> signers = new ArrayList<>(named("root", ids(root().at("/roles/root"))));
        ObjectNode root = nextRoot();
        ObjectNode roles = (ObjectNode) root.path("roles");
        int count = roles.path(role.equals("online") ? "timestamp" : role)
                .path("keyids")
                .size();
        List<RoleKey> fresh = keys.create(role, count);
        for (String name : role.equals("online") ? List.of("timestamp", "snapshot") : List.of(role)) {
            ObjectNode body = (ObjectNode) roles.path(name);
            authorize(root, body, fresh, body.path("threshold").intValue());
        }
        if (role.equals("root")) {
            signers.addAll(fresh);
        }
        files.writeMetadata(root.path("version") + ".root.json", envelope(root, signers));
        role("targets");
        commit();
    }

    /** Forgets a change that was refused before, and sees to it that this one will not end for want of a key. */
    private void begin() {
        changed.clear();
        keys.of("targets");
        keys.of("online");
    }

    private void rotatePublisher(String namespace) {
        ObjectNode publisher = publisher(namespace);
        ObjectNode targets = role("targets");
        ObjectNode delegation = delegation(targets, namespace);
        if (delegation == null || publisher.isEmpty()) {
            throw unknown(namespace);
        }
        authorize((ObjectNode) targets.path("delegations"), delegation, keys.create(namespace, 1), 1);
    }

    /** Signs everything anew for its full time, but for root, whose keys are offline. */
    public void refresh() {
        begin();
        role("targets")
                .path("delegations")
                .path("roles")
                .forEach(one -> role(one.path("name").stringValue()));
        commit();
    }

    /** Signs root anew for its full time. */
    public void refreshRoot() {
        ObjectNode root = nextRoot();
        files.writeMetadata(
                root.path("version") + ".root.json", envelope(root, named("root", ids(root.at("/roles/root")))));
    }

    private ObjectNode nextRoot() {
        int version = files.latestRoot();
        ObjectNode root = files.signed(version + ".root.json");
        root.put("version", version + 1).put("expires", expiry(ROOT_LIFE));
        return root;
    }

    /**
     * Reads the repository as a client does, from its first root on.
     *
     * @return warnings of what expires within the given time; empty if all is well
     * @throws dev.apprentice.signing.verify.tuf.TufException if a client would refuse it
     */
    public List<String> check(Duration ahead) {
        try {
            Path trust = Files.createTempDirectory("apprentice-check");
            try {
                TufClient.initialize(trust, RepositoryFiles.read(files.metadata("1.root.json")));
                TufClient client =
                        new TufClient(trust, new FolderFetcher(files.folder().resolve("metadata")), clock);
                client.refresh();
                for (JsonNode skill : indexed()) {
                    String path = skill.path("path").stringValue();
                    if (client.find(path).isEmpty()) {
                        throw new SigningException(Code.FAILED, path + " is in the index only: run 'repo refresh'");
                    }
                }
            } finally {
                delete(trust);
            }
        } catch (IOException e) {
            throw new SigningException(Code.STORAGE, "There is no room for temporary files: check the disk", e);
        }
        return expiring(ahead);
    }

    private List<String> expiring(Duration ahead) {
        Instant limit = clock.instant().plus(ahead);
        List<String> warnings = new ArrayList<>();
        warn(warnings, "root", files.signed(files.latestRoot() + ".root.json"), limit, "renew root");
        ObjectNode timestamp = files.signed("timestamp.json");
        warn(warnings, "timestamp", timestamp, limit, "refresh");
        ObjectNode snapshot = currentSnapshot(timestamp);
        warn(warnings, "snapshot", snapshot, limit, "refresh");
        for (Map.Entry<String, JsonNode> meta : snapshot.path("meta").properties()) {
            String file = meta.getValue().path("version") + "." + meta.getKey();
            warn(warnings, meta.getKey().replace(".json", ""), files.signed(file), limit, "refresh");
        }
        return List.copyOf(warnings);
    }

    private static void warn(List<String> warnings, String role, ObjectNode signed, Instant limit, String remedy) {
        Instant expires = Instant.parse(signed.path("expires").stringValue());
        if (expires.isBefore(limit)) {
            warnings.add("The " + role + " metadata expires at " + expires + ": " + remedy);
        }
    }

    private ObjectNode publisher(String namespace) {
        if (delegation(role("targets"), namespace) == null) {
            throw unknown(namespace);
        }
        return role(namespace);
    }

    private static SigningException unknown(String namespace) {
        return new SigningException(
                Code.FAILED, "No publisher has the namespace " + namespace + ": add one with 'repo add-publisher'");
    }

    private static @Nullable ObjectNode delegation(ObjectNode targets, String namespace) {
        for (JsonNode delegation : targets.path("delegations").path("roles")) {
            if (delegation.path("name").stringValue().equals(namespace)) {
                return (ObjectNode) delegation;
            }
        }
        return null;
    }

    /** The signed part of a targets role in its newest version, which {@link #commit} will publish as the next. */
    private ObjectNode role(String name) {
        return changed.computeIfAbsent(name, any -> {
            ObjectNode snapshot = currentSnapshot(files.signed("timestamp.json"));
            ObjectNode body =
                    files.signed(snapshot.path("meta").path(name + ".json").path("version") + "." + name + ".json");
            body.put("version", body.path("version").intValue() + 1);
            body.put("expires", expiry(TARGETS_LIFE));
            return body;
        });
    }

    private ObjectNode currentSnapshot(ObjectNode timestamp) {
        return files.signed(timestamp.path("meta").path("snapshot.json").path("version") + ".snapshot.json");
    }

    private void commit() {
        ObjectNode timestamp = files.signed("timestamp.json");
        ObjectNode snapshot = currentSnapshot(timestamp);
        commit(snapshot, timestamp, timestamp.path("version").intValue() + 1);
    }

    /** Writes the roles that changed, the index over all, the snapshot, and last the timestamp, which makes them visible. */
    private void commit(ObjectNode snapshot, ObjectNode timestamp, int version) {
        ObjectNode targets = role("targets");
        putIndex(index(targets, snapshot));
        for (Map.Entry<String, ObjectNode> role : changed.entrySet()) {
            String file = role.getKey() + ".json";
            byte[] bytes = envelope(role.getValue(), signers(role.getKey(), targets));
            files.writeMetadata(role.getValue().path("version") + "." + file, bytes);
            describe((ObjectNode) snapshot.path("meta"), file, role.getValue(), bytes);
        }
        snapshot.put("version", version == 1 ? 1 : snapshot.path("version").intValue() + 1);
        snapshot.put("expires", expiry(ONLINE_LIFE));
        List<RoleKey> online = named("online", ids(root().at("/roles/timestamp")));
        byte[] snapshotBytes = envelope(snapshot, online);
        files.writeMetadata(snapshot.path("version") + ".snapshot.json", snapshotBytes);
        describe((ObjectNode) timestamp.path("meta"), "snapshot.json", snapshot, snapshotBytes);
        timestamp.put("version", version).put("expires", expiry(ONLINE_LIFE));
        files.writeMetadata("timestamp.json", envelope(timestamp, online));
        changed.clear();
    }

    private List<RoleKey> signers(String role, ObjectNode targets) {
        return named(
                role,
                role.equals("targets")
                        ? ids(root().at("/roles/targets"))
                        : ids(Objects.requireNonNull(delegation(targets, role))));
    }

    private ObjectNode root() {
        return files.signed(files.latestRoot() + ".root.json");
    }

    private List<JsonNode> index(ObjectNode targets, ObjectNode snapshot) {
        List<JsonNode> skills = new ArrayList<>();
        for (JsonNode delegation : targets.path("delegations").path("roles")) {
            String name = delegation.path("name").stringValue();
            ObjectNode role = changed.containsKey(name)
                    ? role(name)
                    : files.signed(snapshot.path("meta").path(name + ".json").path("version") + "." + name + ".json");
            for (Map.Entry<String, JsonNode> target : role.path("targets").properties()) {
                JsonNode facts = target.getValue().path("custom");
                if (facts.has("id") && !facts.path("yanked").asBoolean(false)) {
                    ObjectNode entry = (ObjectNode) facts.deepCopy();
                    // Read with the publisher's own metadata; the index of all skills stays short.
                    entry.remove("changes");
                    entry.put("path", target.getKey())
                            .set("size", target.getValue().path("length"));
                    skills.add(entry);
                }
            }
        }
        return skills;
    }

    private void putIndex(List<JsonNode> skills) {
        Map<String, byte[]> index = IndexFiles.of(skills);
        ObjectNode targets = (ObjectNode) role("targets").path("targets");
        targets.remove(targets.propertyNames().stream()
                .filter(path -> path.startsWith(IndexFiles.FOLDER) && !index.containsKey(path))
                .toList());
        index.forEach(this::put);
    }

    /** Makes a file a target of the marketplace itself. */
    private void put(String path, byte[] content) {
        ((ObjectNode) role("targets").path("targets"))
                .set(path, files.addTarget(path, content, JsonMapper.shared().createObjectNode()));
    }

    private List<JsonNode> indexed() {
        JsonNode index = published(IndexFiles.INDEX);
        if (index.has("skills")) {
            return index.path("skills").valueStream().toList();
        }
        return index.path("parts")
                .valueStream()
                .flatMap(part -> items(part.stringValue(), "skills").stream())
                .toList();
    }

    private List<JsonNode> items(String path, String name) {
        return published(path).path(name).valueStream().toList();
    }

    private JsonNode published(String path) {
        String hash = files.signed(currentSnapshot(files.signed("timestamp.json"))
                                .at("/meta/targets.json/version") + ".targets.json")
                .path("targets")
                .path(path)
                .at("/hashes/sha256")
                .asString("");
        int name = path.lastIndexOf('/') + 1;
        return JsonMapper.shared()
                .readTree(RepositoryFiles.read(files.folder()
                        .resolve("targets")
                        .resolve(path.substring(0, name) + hash + "." + path.substring(name))));
    }

    private ObjectNode body(String type, Duration life) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("_type", type)
                .put("spec_version", "1.0.34")
                .put("version", 1)
                .put("expires", expiry(life));
    }

    private String expiry(Duration life) {
        return clock.instant().plus(life).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Names keys as those of a role, in place of any before; the delegator describes them, and those that a role still names. */
    private static void authorize(ObjectNode delegator, ObjectNode role, List<RoleKey> keys, int threshold) {
        ObjectNode described = (ObjectNode) delegator.path("keys");
        ArrayNode ids = role.put("threshold", threshold).putArray("keyids");
        for (RoleKey key : keys) {
            described.set(key.id(), key.description());
            ids.add(key.id());
        }
        Set<String> named = new HashSet<>();
        for (JsonNode one : delegator.path("roles")) {
            named.addAll(ids(one));
        }
        described.retain(named);
    }

    private static List<String> ids(JsonNode role) {
        return role.path("keyids").valueStream().map(JsonNode::stringValue).toList();
    }

    private List<RoleKey> named(String keyFiles, List<String> ids) {
        return keys.of(keyFiles).stream().filter(key -> ids.contains(key.id())).toList();
    }

    private static void describe(ObjectNode meta, String file, ObjectNode signed, byte[] bytes) {
        ObjectNode entry = meta.putObject(file);
        entry.set("version", signed.path("version"));
        entry.put("length", bytes.length).putObject("hashes").put("sha256", Sha256.hex(bytes));
    }

    private static byte[] envelope(ObjectNode signed, List<RoleKey> signers) {
        ObjectNode envelope = JsonMapper.shared().createObjectNode();
        envelope.set("signed", signed);
        ArrayNode signatures = envelope.putArray("signatures");
        byte[] canonical = CanonicalJson.encode(signed);
        for (RoleKey key : signers) {
            signatures.addObject().put("keyid", key.id()).put("sig", key.sign(canonical));
        }
        return JsonMapper.shared().writeValueAsBytes(envelope);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
