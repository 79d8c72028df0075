package dev.apprentice.signing.verify.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.apprentice.signing.verify.tuf.Metadata.TargetFile;
import dev.apprentice.signing.verify.tuf.TufException.Code;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Attacks on a repository's metadata beyond those of the conformance suite. */
class AttackTest extends Conformance {
    private static final int CASES = Integer.getInteger("apprentice.property.cases", 2000);
    private static final HttpFetcher.Patience LITTLE =
            new HttpFetcher.Patience(Duration.ofSeconds(2), Duration.ofMillis(200), 1_000_000);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"signed\":{},\"signed\":{},\"signatures\":[]}",
                "{\"signed\":{},\"signatures\":[]} {}",
                "{\"signed\":{\"version\":11111111111111111111111111111111111},\"signatures\":[]}",
                "{\"signed\":{\"_type\":\"timestamp\",\"version\":1e3},\"signatures\":[]}",
                "\uFEFF{}",
                "[]",
                "",
            })
    void jsonThatReadersUnderstandDifferentlyIsRefused(String json) {
        init();
        refreshes();
        repo.replaceLatest("timestamp", json.getBytes(StandardCharsets.UTF_8));
        refuses(Code.MALFORMED);
        repo.replaceLatest("timestamp", json.getBytes(StandardCharsets.UTF_16));
        refuses(Code.MALFORMED);
    }

    @Test
    void deepNestingIsRefused() {
        init();
        repo.replaceLatest("timestamp", "[".repeat(30_000).getBytes(StandardCharsets.UTF_8));
        refuses(Code.MALFORMED);
    }

    @Test
    void randomDamageOfMetadataIsRefusedAndChangesNothing() {
        init();
        refreshes();
        repo.publish("timestamp");
        byte[] good = repo.latest("timestamp");
        RoleKeys keys = MetadataReader.root(repo.latest("root")).content().timestamp();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < CASES; i++) {
            byte[] bad = good.clone();
            int at = random.nextInt(bad.length);
            if (random.nextInt(4) == 0) {
                bad = Arrays.copyOf(bad, at);
            } else {
                bad[at] ^= (byte) (1 << random.nextInt(8));
            }
            byte[] damaged = bad;
            // Some damage is outside of what is signed, such as the case of a hex digit: then the content must be as
            // signed.
            try {
                Signed<Metadata.Timestamp> read = MetadataReader.timestamp(damaged);
                keys.verify(read, "timestamp");
                assertThat(read.canonical())
                        .isEqualTo(MetadataReader.timestamp(good).canonical());
            } catch (TufException refusal) {
                assertThat(refusal.code()).isIn(Code.MALFORMED, Code.SIGNATURES);
            }
        }
    }

    @Test
    void oneKeyUnderTwoIdsCountsOnce() {
        init();
        TestKey twice = repo.signers("snapshot").values().iterator().next();
        ObjectNode disguised = twice.description().deepCopy().put("note", "another");
        repo.addKey("root", "snapshot", new TestKey(twice.pair(), disguised));
        repo.topRole("snapshot").put("threshold", 2);
        repo.publish("root", "snapshot", "timestamp");
        refuses(Code.SIGNATURES);
        assertThat(trusted()).containsExactly("root 2", "timestamp 2");
    }

    @Test
    void keyUnderAForeignIdIsRefused() {
        init();
        ObjectNode keys = (ObjectNode) repo.root().path("keys");
        keys.set("0".repeat(64), TestKey.ed25519().description());
        repo.publish("root");
        refuses(Code.MALFORMED);
        assertThat(trusted()).containsExactly("root 1");
    }

    @Test
    void freezeByASetBackClockIsRefused() {
        init();
        assertThat(refresh(29)).isEmpty();
        repo.expires("timestamp", 28);
        repo.publish("timestamp");
        assertThat(refresh(0)).contains(Code.EXPIRED);
    }

    @Test
    void mixAndMatchOfRolesIsRefused() {
        init();
        repo.addArtifact("targets", "a", "new");
        repo.publish("targets", "snapshot", "timestamp");
        // The new snapshot names version 2 of targets; the server keeps giving version 1 under that name.
        repo.replaceLatest("targets", published("targets", 1));
        refuses(Code.MISMATCH);
        assertThat(trusted()).containsExactly("root 1", "snapshot 2", "timestamp 2");
    }

    @Test
    void metadataChangedOnDiskIsNotBelieved() throws Exception {
        init();
        refreshes();
        for (String role : new String[] {"timestamp", "snapshot", "targets"}) {
            Path file = metadata().resolve(role + ".json");
            Files.writeString(file, Files.readString(file).replace("\"version\":1", "\"version\":7"));
            refreshes();
            assertThat(stored(role)).isEqualTo(repo.latest(role));
        }
        Path root = metadata().resolve("root.json");
        Files.writeString(root, Files.readString(root).replace("\"threshold\":1", "\"threshold\":2"));
        refuses(Code.SIGNATURES);
    }

    @Test
    void aTargetWhoseRoleHasNoRightToItsPathIsNotFound() {
        init();
        repo.delegate("targets", "ada", true, "ada/*");
        repo.delegate("targets", "eve", true, "eve/*");
        repo.addArtifact("eve", "ada/skill.jar", "evil");
        repo.publish("ada", "eve", "targets", "snapshot", "timestamp");
        assertThat(download("ada/skill.jar")).contains(Code.NOT_FOUND);
        assertThat(downloaded()).isEmpty();
    }

    @Test
    void hashPrefixesDealPathsOut() {
        init();
        String hash = Hashes.hex("sha256", "bin/file".getBytes(StandardCharsets.UTF_8));
        for (String role : new String[] {"wrong", "right"}) {
            ObjectNode delegation = repo.delegate("targets", role, false);
            delegation.remove("paths");
            String prefix = hash.substring(0, 3);
            delegation.putArray("path_hash_prefixes").add(role.equals("right") ? prefix : "f" + prefix);
        }
        repo.addArtifact("right", "bin/file", "contents");
        repo.publish("wrong", "right", "targets", "snapshot", "timestamp");
        assertThat(download("bin/file")).isEmpty();
        assertThat(repo.requests).doesNotContain("wrong 1").contains("right 1");
    }

    @Test
    void wideGraphsEnd() {
        init();
        for (int i = 0; i < 40; i++) {
            repo.delegate("targets", "role-" + i, false, "*");
            repo.publish("role-" + i);
        }
        repo.publish("targets", "snapshot", "timestamp");
        assertThat(download("anything")).contains(Code.LIMIT);
        assertThat(repo.requests).hasSizeLessThan(40);
    }

    @Test
    void patternsWithManyStarsAreMatchedAtOnce() {
        PathSet stars = new PathSet.Patterns(List.of("*a".repeat(60) + "b"));
        assertThat(stars.covers("a".repeat(2000))).isFalse();
        assertThat(new PathSet.Patterns(List.of("a/*/c?")).covers("a/bb/cd")).isTrue();
        assertThat(new PathSet.Patterns(List.of("a/*")).covers("a/b/c")).isFalse();
        assertThat(new PathSet.Patterns(List.of("*")).covers("")).isTrue();
    }

    @Test
    void endlessDataIsCutOff() throws IOException {
        try (Server server = new Server(out -> {
            byte[] chunk = new byte[8192];
            while (true) {
                out.write(chunk);
            }
        })) {
            assertThatThrownBy(() -> Downloads.bytes(new HttpFetcher(server.url()), "timestamp.json", 65_536))
                    .isInstanceOfSatisfying(
                            TufException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(Code.LIMIT));
        }
    }

    @Test
    void aServerThatDripsIsGivenUp() throws IOException {
        try (Server server = new Server(out -> {
            while (true) {
                out.write(' ');
                out.flush();
                Thread.sleep(50);
            }
        })) {
            assertThatThrownBy(() -> Downloads.bytes(new HttpFetcher(server.url(), LITTLE), "timestamp.json", 65_536))
                    .isInstanceOfSatisfying(
                            TufException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(Code.UNREACHABLE));
        }
    }

    @Test
    void aServerThatFallsSilentIsGivenUp() throws IOException {
        try (Server server = new Server(out -> {
            out.write(' ');
            out.flush();
            Thread.sleep(60_000);
        })) {
            assertThatThrownBy(() -> Downloads.bytes(new HttpFetcher(server.url(), LITTLE), "timestamp.json", 65_536))
                    .isInstanceOfSatisfying(
                            TufException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(Code.UNREACHABLE));
        }
    }

    /** What a server sends of an answer before it goes on a byte at a time, without end. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nX-Head: ",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;name=",
                "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n \r\n1;name=",
            })
    @Timeout(30)
    void aServerThatStallsIsGivenUpWhereverItDoes(String begin) throws IOException {
        init();
        refreshes();
        repo.publish("snapshot", "timestamp");
        List<String> before = trusted();
        try (Staller server = new Staller(begin)) {
            for (String stalled : List.of("2.root.json", "timestamp.json")) {
                TufClient client = new TufClient(
                        metadata(),
                        (path, offset) -> path.equals(stalled)
                                ? new HttpFetcher(server.url(), LITTLE).open(path, offset)
                                : new HttpFetcher(repo.url("metadata/")).open(path, offset),
                        Clock.systemUTC());
                assertThatThrownBy(client::refresh)
                        .isInstanceOfSatisfying(
                                TufException.class,
                                refusal -> assertThat(refusal.code()).isEqualTo(Code.UNREACHABLE));
                assertThat(trusted()).isEqualTo(before);
            }
        }
        refreshes();
    }

    /** Begins an answer and then draws it out. */
    private record Staller(ServerSocket socket, ExecutorService threads) implements AutoCloseable {
        Staller(String begin) throws IOException {
            this(
                    new ServerSocket(0, 50, InetAddress.getLoopbackAddress()),
                    Executors.newVirtualThreadPerTaskExecutor());
            threads.submit(() -> {
                while (true) {
                    Socket connection = socket.accept();
                    threads.submit(() -> stall(connection, begin));
                }
            });
        }

        private static Void stall(Socket connection, String begin) throws IOException, InterruptedException {
            try (connection) {
                OutputStream out = connection.getOutputStream();
                out.write(begin.getBytes(StandardCharsets.US_ASCII));
                while (true) {
                    out.flush();
                    Thread.sleep(50);
                    if (!begin.isEmpty()) {
                        out.write('x');
                    }
                }
            }
        }

        URI url() {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
        }

        @Override
        public void close() throws IOException {
            socket.close();
            threads.shutdownNow();
        }
    }

    @Test
    void aBrokenDownloadGoesOnWhereItEnded() throws IOException {
        init();
        repo.addArtifact("targets", "skill.jar", "the whole skill");
        repo.publish("targets", "snapshot", "timestamp");
        TufClient client = client(0);
        client.refresh();
        TargetFile target = client.find("skill.jar").orElseThrow();
        AtomicReference<Long> asked = new AtomicReference<>(-1L);
        Fetcher fetcher = (path, offset) -> {
            asked.set(offset);
            return new HttpFetcher(repo.url("targets/")).open(path, offset);
        };
        Files.writeString(targets().resolve("skill.jar.part"), "the who");
        client.download(target, fetcher, targets().resolve("skill.jar"));
        assertThat(asked.get()).isEqualTo(7);
        assertThat(downloaded()).containsExactly("the whole skill");
        // A part that does not belong to the file costs a second transfer, never a wrong file.
        Files.delete(targets().resolve("skill.jar"));
        Files.writeString(targets().resolve("skill.jar.part"), "bad par");
        client.download(target, fetcher, targets().resolve("skill.jar"));
        assertThat(downloaded()).containsExactly("the whole skill");
    }

    @Test
    void whatASlowServerSentIsKeptForTheNextAttempt() throws IOException {
        init();
        repo.addArtifact("targets", "skill.jar", "the whole skill");
        repo.publish("targets", "snapshot", "timestamp");
        TufClient client = client(0);
        client.refresh();
        TargetFile target = client.find("skill.jar").orElseThrow();
        try (Server server = new Server(out -> {
            out.write("the who".getBytes(StandardCharsets.UTF_8));
            out.flush();
            Thread.sleep(60_000);
        })) {
            Fetcher slow = new HttpFetcher(server.url(), LITTLE);
            assertThatThrownBy(() -> client.download(target, slow, targets().resolve("skill.jar")))
                    .isInstanceOf(TufException.class);
        }
        assertThat(targets().resolve("skill.jar")).doesNotExist();
        assertThat(targets().resolve("skill.jar.part")).hasContent("the who");
        client.download(target, new HttpFetcher(repo.url("targets/")), targets().resolve("skill.jar"));
        assertThat(downloaded()).containsExactly("the whole skill");
    }

    @Test
    void keysOfAnUnknownSchemeSignNothing() {
        init();
        ObjectNode description = TestKey.ed25519().description().put("scheme", "none");
        ((ObjectNode) repo.root().path("keys"))
                .set(new TestKey(TestKey.ed25519().pair(), description).id(), description);
        ArrayNode keyids = repo.keyids("root", "timestamp");
        keyids.removeAll();
        keyids.add(new TestKey(TestKey.ed25519().pair(), description).id());
        repo.publish("root", "timestamp");
        refuses(Code.SIGNATURES);
        assertThat(trusted()).containsExactly("root 2");
    }

    /** Answers every request with what a test writes. */
    private record Server(HttpServer server, ExecutorService threads) implements AutoCloseable {
        interface Body {
            void write(OutputStream out) throws IOException, InterruptedException;
        }

        Server(Body body) throws IOException {
            this(
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0),
                    Executors.newVirtualThreadPerTaskExecutor());
            server.setExecutor(threads);
            server.createContext("/", exchange -> {
                exchange.sendResponseHeaders(200, 0);
                try {
                    body.write(exchange.getResponseBody());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            server.start();
        }

        URI url() {
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        }

        @Override
        public void close() {
            server.stop(0);
            threads.shutdownNow();
        }
    }
}
