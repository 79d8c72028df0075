package dev.apprentice.signing.verify.tuf;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A repository whose metadata a test bends as an attacker or a careless owner would, and publishes, version by version. */
final class RepositorySimulator implements AutoCloseable {
    static final JsonMapper JSON = JsonMapper.shared();
    static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    final Map<String, ObjectNode> roles = new HashMap<>();
    final Map<String, Map<String, TestKey>> signers = new HashMap<>();
    final Map<String, List<byte[]>> published = new HashMap<>();
    final Map<String, byte[]> artifacts = new HashMap<>();
    /** What was asked for, as role or role and version. */
    final List<String> requests = new ArrayList<>();

    final List<String> downloads = new ArrayList<>();
    boolean hashesInMetadata;
    private final HttpServer server;

    RepositorySimulator() {
        for (String role : List.of("root", "timestamp", "snapshot", "targets")) {
            ObjectNode body = JSON.createObjectNode();
            body.put("_type", role).put("spec_version", "1.0.34").put("version", 1);
            roles.put(role, body);
            expires(role, 30);
        }
        root().put("consistent_snapshot", true).putObject("keys");
        ObjectNode rootRoles = root().putObject("roles");
        role("timestamp").putObject("meta").putObject("snapshot.json").put("version", 1);
        role("snapshot").putObject("meta");
        role("targets").putObject("targets");
        for (String role : List.of("root", "timestamp", "snapshot", "targets")) {
            rootRoles.putObject(role).put("threshold", 1).putArray("keyids");
            addKey("root", role, TestKey.ed25519());
        }
        publish("targets", "snapshot", "timestamp", "root");
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::serve);
        server.start();
    }

    URI url(String folder) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + folder);
    }

    ObjectNode root() {
        return role("root");
    }

    ObjectNode role(String name) {
        return Objects.requireNonNull(roles.get(name));
    }

    ObjectNode topRole(String name) {
        return (ObjectNode) root().path("roles").path(name);
    }

    void expires(String role, int days) {
        role(role).put("expires", NOW.plus(days, ChronoUnit.DAYS).toString());
    }

    void version(String role, int version) {
        role(role).put("version", version);
    }

    /** Describes the key in the delegator's metadata, names it in the role, and lets it sign from now on. */
    void addKey(String delegator, String role, TestKey key) {
        ObjectNode body = role(delegator);
        ObjectNode keys = (ObjectNode) (delegator.equals("root") ? body.path("keys") : body.at("/delegations/keys"));
        keys.set(key.id(), key.description());
        keyids(delegator, role).add(key.id());
        signers(role).put(key.id(), key);
    }

    ArrayNode keyids(String delegator, String role) {
        if (delegator.equals("root")) {
            return (ArrayNode) topRole(role).path("keyids");
        }
        for (JsonNode delegation : role(delegator).at("/delegations/roles")) {
            if (delegation.path("name").stringValue().equals(role)) {
                return (ArrayNode) delegation.path("keyids");
            }
        }
        throw new IllegalArgumentException(role);
    }

    Map<String, TestKey> signers(String role) {
        return signers.computeIfAbsent(role, any -> new LinkedHashMap<>());
    }

    void rotateKeys(String role) {
        keyids("root", role).removeAll();
        signers(role).clear();
        addKey("root", role, TestKey.ed25519());
    }

    void removeOneSigner(String role) {
        signers(role).remove(signers(role).keySet().iterator().next());
    }

    ObjectNode delegate(String delegator, String name, boolean terminating, String... paths) {
        ObjectNode body = role(delegator);
        if (!body.has("delegations")) {
            body.putObject("delegations").putObject("keys");
            ((ObjectNode) body.path("delegations")).putArray("roles");
        }
        ObjectNode delegation = ((ArrayNode) body.at("/delegations/roles")).addObject();
        delegation.put("name", name).put("threshold", 1).put("terminating", terminating);
        delegation.putArray("keyids");
        ArrayNode patterns = delegation.putArray("paths");
        for (String path : paths) {
            patterns.add(path);
        }
        if (!roles.containsKey(name)) {
            ObjectNode targets = JSON.createObjectNode();
            targets.put("_type", "targets").put("spec_version", "1.0.34").put("version", 1);
            targets.putObject("targets");
            roles.put(name, targets);
            expires(name, 30);
        }
        addKey(delegator, name, TestKey.ed25519());
        return delegation;
    }

    void addArtifact(String role, String path, String content) {
        addArtifact(role, path, content, "sha256");
    }

    void addArtifact(String role, String path, String content, String... algorithms) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        ObjectNode target = ((ObjectNode) role(role).path("targets")).putObject(path);
        target.put("length", bytes.length);
        ObjectNode hashes = target.putObject("hashes");
        for (String algorithm : algorithms) {
            hashes.put(algorithm, Hashes.hex(algorithm, bytes));
        }
        artifacts.put(path, bytes);
    }

    /** Signs and publishes the roles in this order, each in its next version but for the first; the roles above take note. */
    void publish(String... names) {
        for (String name : names) {
            ObjectNode body = role(name);
            List<byte[]> versions = published.get(name);
            if (versions == null) {
                versions = new ArrayList<>();
                published.put(name, versions);
            } else {
                version(name, body.path("version").intValue() + 1);
            }
            byte[] bytes = sign(name);
            versions.add(bytes);
            if (name.equals("root") || name.equals("timestamp")) {
                continue;
            }
            String above = name.equals("snapshot") ? "timestamp" : "snapshot";
            ObjectNode meta = ((ObjectNode) role(above).path("meta")).putObject(name + ".json");
            meta.set("version", body.path("version"));
            if (hashesInMetadata) {
                meta.put("length", bytes.length).putObject("hashes").put("sha256", Hashes.hex("sha256", bytes));
            }
        }
    }

    byte[] sign(String name) {
        ObjectNode envelope = JSON.createObjectNode();
        envelope.set("signed", role(name));
        ArrayNode signatures = envelope.putArray("signatures");
        byte[] canonical = CanonicalJson.encode(role(name));
        signers(name)
                .forEach((id, key) -> signatures.addObject().put("keyid", id).put("sig", key.sign(canonical)));
        return JSON.writeValueAsBytes(envelope);
    }

    byte[] latest(String name) {
        return Objects.requireNonNull(published.get(name)).getLast();
    }

    /** Replaces what was published last. */
    void replaceLatest(String name, byte[] bytes) {
        List<byte[]> versions = Objects.requireNonNull(published.get(name));
        versions.set(versions.size() - 1, bytes);
    }

    private void serve(HttpExchange exchange) throws IOException {
        byte[] body;
        synchronized (this) {
            body = find(exchange.getRequestURI());
        }
        try (exchange) {
            if (body == null) {
                exchange.sendResponseHeaders(404, -1);
            } else {
                exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        }
    }

    private byte @Nullable [] find(URI uri) {
        String path = uri.getRawPath();
        if (path.startsWith("/metadata/")) {
            String file = path.substring("/metadata/".length(), path.length() - ".json".length());
            if (file.equals("timestamp")) {
                requests.add("timestamp");
                List<byte[]> versions = published.getOrDefault("timestamp", List.of());
                return versions.isEmpty() ? null : versions.getLast();
            }
            int dot = file.indexOf('.');
            int version = Integer.parseInt(file.substring(0, dot));
            requests.add(file.substring(dot + 1) + " " + version);
            String role = uri.getPath()
                    .substring("/metadata/".length() + dot + 1, uri.getPath().length() - ".json".length());
            List<byte[]> versions = published.getOrDefault(role, List.of());
            return version > versions.size() ? null : versions.get(version - 1);
        }
        path = uri.getPath().substring("/targets/".length());
        int name = path.lastIndexOf('/') + 1;
        int dot = path.indexOf('.', name);
        downloads.add(path);
        return artifacts.get(path.substring(0, name) + path.substring(dot + 1));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
