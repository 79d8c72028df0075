package dev.apprentice.launcher.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.apprentice.launcher.LauncherException;
import dev.apprentice.signing.publish.repository.IndexFiles;
import dev.apprentice.signing.verify.tuf.CanonicalJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A marketplace of very many skills on loopback, with signed metadata and index as its owner would publish them, all by one
 * throw-away key. Only the skills themselves and their publishers' own metadata are missing, which neither a search nor a refresh
 * asks for.
 */
final class BigMarket implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int PUBLISHERS = 100;
    private static final String NO_BASE = "sha256:" + "0".repeat(64);
    private static final int RAW_KEY_BYTES = 32;
    private static final List<String> SUBJECTS =
            List.of("java", "prose", "sql", "latin", "haskell", "letters", "tests");

    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final AtomicLong sent = new AtomicLong();
    private final List<JsonNode> skills = new ArrayList<>();
    private final KeyPair key;
    private final String keyId;
    private final HttpServer server;
    private int version;

    /** Publishes and serves it. */
    BigMarket(int count) {
        try {
            key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (GeneralSecurityException | IOException e) {
            throw new LauncherException("The benchmark's marketplace cannot be served: free a port on loopback", e);
        }
        keyId = sha256(CanonicalJson.encode(keyDescription()));
        for (int i = 0; i < count; i++) {
            skills.add(skill(i));
        }
        files.put("/metadata/1.root.json", root());
        publish();
        server.createContext("/", this::serve);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    String rootText() {
        return new String(file("/metadata/1.root.json"), StandardCharsets.UTF_8);
    }

    /** Bytes sent since this was asked last. */
    long sent() {
        return sent.getAndSet(0);
    }

    /** Changes the description of one skill, and publishes that. */
    void changeOne() {
        ObjectNode changed = (ObjectNode) skills.get(skills.size() / 2);
        changed.put("description", "Changed in version " + (version + 1) + " of the metadata.");
        publish();
    }

    /** The id of the skill of this number. */
    static String id(int number) {
        return subject(number) + "-" + number;
    }

    private static String subject(int number) {
        return SUBJECTS.get(number % SUBJECTS.size());
    }

    private static ObjectNode skill(int number) {
        String subject = subject(number);
        String publisher = publisher(number % PUBLISHERS);
        String id = id(number);
        String path = publisher + "/" + id + "-1.0.0.jar";
        ObjectNode skill = JSON.createObjectNode();
        skill.put("id", id).put("version", "1.0.0").put("publisher", publisher);
        skill.put("name", "Skill " + number + " for " + subject)
                .put(
                        "description",
                        "Completes " + subject + " in the style of house " + number % 1000
                                + ", with attention to detail.");
        skill.put("base", NO_BASE)
                .put("code", false)
                .put("licence", "Apache-2.0")
                .putArray("permissions");
        skill.putObject("adapter")
                .put("type", "LORA")
                .put("rank", 16)
                .putArray("targets")
                .add("q_proj")
                .add("v_proj");
        return skill.put("published", "2026-01-01T00:00:00Z").put("path", path).put("size", 1_000_000);
    }

    private static String publisher(int number) {
        return "publisher-%02d".formatted(number);
    }

    /** Targets with index and delegations, then snapshot, then timestamp. */
    private void publish() {
        version++;
        ObjectNode targets = body("targets");
        ObjectNode listed = targets.putObject("targets");
        IndexFiles.of(skills).forEach((path, content) -> addTarget(listed, path, content));
        addTarget(listed, "revocations.json", "{\"revoked\":[]}".getBytes(StandardCharsets.UTF_8));
        targets.set("delegations", delegations());
        ObjectNode snapshot = body("snapshot");
        ObjectNode meta = snapshot.putObject("meta");
        for (int i = 0; i < PUBLISHERS; i++) {
            meta.putObject(publisher(i) + ".json").put("version", 1);
        }
        describe(meta, "targets.json", put(version + ".targets.json", targets));
        ObjectNode timestamp = body("timestamp");
        describe(timestamp.putObject("meta"), "snapshot.json", put(version + ".snapshot.json", snapshot));
        put("timestamp.json", timestamp);
    }

    private ObjectNode delegations() {
        ObjectNode delegations = JSON.createObjectNode();
        delegations.putObject("keys").set(keyId, keyDescription());
        ArrayNode roles = delegations.putArray("roles");
        for (int i = 0; i < PUBLISHERS; i++) {
            ObjectNode role = roles.addObject();
            role.put("name", publisher(i)).put("terminating", true).put("threshold", 1);
            role.putArray("keyids").add(keyId);
            role.putArray("paths").add(publisher(i) + "/*");
        }
        return delegations;
    }

    private byte[] root() {
        version = 1;
        ObjectNode root = body("root");
        root.put("consistent_snapshot", true).putObject("keys").set(keyId, keyDescription());
        ObjectNode roles = root.putObject("roles");
        for (String role : List.of("root", "targets", "snapshot", "timestamp")) {
            roles.putObject(role).put("threshold", 1).putArray("keyids").add(keyId);
        }
        version = 0;
        return signed(root);
    }

    private ObjectNode body(String type) {
        Instant expires = Instant.now().plus(1, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
        return JSON.createObjectNode()
                .put("_type", type)
                .put("spec_version", "1.0.34")
                .put("version", version)
                .put("expires", expires.toString());
    }

    private void addTarget(ObjectNode targets, String path, byte[] content) {
        String hash = sha256(content);
        targets.putObject(path)
                .put("length", content.length)
                .putObject("hashes")
                .put("sha256", hash);
        int name = path.lastIndexOf('/') + 1;
        files.put("/targets/" + path.substring(0, name) + hash + "." + path.substring(name), content);
    }

    private void describe(ObjectNode meta, String file, byte[] content) {
        meta.putObject(file)
                .put("version", version)
                .put("length", content.length)
                .putObject("hashes")
                .put("sha256", sha256(content));
    }

    private byte[] put(String file, ObjectNode body) {
        byte[] content = signed(body);
        files.put("/metadata/" + file, content);
        return content;
    }

    private byte[] signed(ObjectNode body) {
        try {
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(key.getPrivate());
            signer.update(CanonicalJson.encode(body));
            ObjectNode envelope = JSON.createObjectNode();
            envelope.set("signed", body);
            envelope.putArray("signatures")
                    .addObject()
                    .put("keyid", keyId)
                    .put("sig", HexFormat.of().formatHex(signer.sign()));
            return JSON.writeValueAsBytes(envelope);
        } catch (GeneralSecurityException e) {
            throw new LauncherException("The benchmark's marketplace cannot be signed", e);
        }
    }

    private ObjectNode keyDescription() {
        byte[] encoded = key.getPublic().getEncoded();
        // An X.509 encoding of Ed25519 ends in the raw key.
        byte[] raw = Arrays.copyOfRange(encoded, encoded.length - RAW_KEY_BYTES, encoded.length);
        ObjectNode description = JSON.createObjectNode();
        description.put("keytype", "ed25519").put("scheme", "ed25519");
        description.putObject("keyval").put("public", HexFormat.of().formatHex(raw));
        return description;
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private byte[] file(String path) {
        return files.getOrDefault(path, new byte[0]);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] content = file(exchange.getRequestURI().getPath());
            if (content.length == 0) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            sent.addAndGet(content.length);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
