package dev.apprentice.signing.publish.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import dev.apprentice.signing.publish.PackageSigner;
import dev.apprentice.signing.publish.PublisherKeys;
import dev.apprentice.signing.publish.SampleSkill;
import dev.apprentice.signing.publish.SkillEvidence;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.tuf.HttpFetcher;
import dev.apprentice.signing.verify.tuf.Metadata.TargetFile;
import dev.apprentice.signing.verify.tuf.TufClient;
import dev.apprentice.signing.verify.tuf.TufException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each repository is served over HTTP and read by the TUF client. */
class RepositoryTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-06-01T12:00:00Z"), ZoneOffset.UTC);
    private static final String PASSPHRASE = "a long passphrase";

    @TempDir
    Path folder;

    private Repository repository;
    private HttpServer server;

    @BeforeEach
    void makeAndServe() throws IOException {
        repository = Repository.init(market(), keys(), 3, 2, CLOCK);
        server = SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                market().toAbsolutePath(),
                SimpleFileServer.OutputLevel.NONE);
        server.start();
        TufClient.initialize(folder.resolve("trust"), Files.readAllBytes(market().resolve("metadata/1.root.json")));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aPublishedSkillIsFoundWithItsFactsAndDownloaded() throws IOException {
        repository.addPublisher("ada", "certificate");
        byte[] jar = jar("prose", "1.0.0");
        String path = repository.publish("ada", jar, bytes("signature"));
        assertThat(path).isEqualTo("ada/prose-1.0.0.jar");
        TufClient client = refreshed();
        TargetFile target = client.find(path).orElseThrow();
        assertThat(target.custom().path("id").stringValue()).isEqualTo("prose");
        assertThat(target.custom().path("base").stringValue()).isEqualTo("sha256:" + "0".repeat(64));
        assertThat(target.custom().at("/adapter/rank").intValue()).isEqualTo(4);
        assertThat(target.custom().path("licence").stringValue()).isEqualTo("Apache-2.0");
        client.download(target, targets(), folder.resolve("prose.jar"));
        assertThat(folder.resolve("prose.jar")).hasBinaryContent(jar);
        assertThat(read(client, path + ".p7s")).isEqualTo("signature");
        assertThat(read(client, "publishers/ada.pem")).isEqualTo("certificate");
        JsonNode entry = json(client, "index.json").path("skills").get(0);
        assertThat(entry.path("path").stringValue()).isEqualTo(path);
        assertThat(entry.path("size").intValue()).isEqualTo(jar.length);
    }

    @Test
    void provenanceAndBillOfMaterialsAreTargetsBesideTheirJar() throws IOException {
        PublisherKeys keys = PublisherKeys.create("Ada");
        repository.addPublisher("ada", keys.certificatePem());
        byte[] jar = jar("prose", "1.0.0");
        byte[] signature = PackageSigner.sign(keys, jar);
        SkillEvidence evidence = SkillEvidence.of(keys, jar);
        repository.publish("ada", jar, signature, evidence);
        TufClient client = refreshed();
        assertThat(read(client, "ada/prose-1.0.0.jar.provenance.json"))
                .isEqualTo(new String(evidence.provenance(), StandardCharsets.UTF_8));
        assertThat(json(client, "ada/prose-1.0.0.jar.cdx.json")
                        .path("specVersion")
                        .stringValue())
                .isEqualTo("1.6");
        assertThat(json(client, "index.json").path("skills")).hasSize(1);
    }

    @Test
    void publishersKeepToTheirNamespacesAndVersionsAreNeverChanged() throws IOException {
        repository.addPublisher("ada", "certificate");
        repository.addPublisher("bob", "certificate");
        repository.publish("bob", jar("prose", "1.0.0"), bytes("signature"));
        refused(() -> repository.publish("eve", jar("prose", "1.0.0"), bytes("signature")), "repo add-publisher");
        refused(() -> repository.addPublisher("bob", "other"), "choose another");
        refused(() -> repository.addPublisher("targets", "other"), "choose another");
        refused(() -> repository.addPublisher("../up", "other"), "choose another");
        refused(
                () -> repository.publish("bob", SampleSkill.jar("prose", "1.0.0", "changed"), bytes("s")),
                "new version");
        refused(() -> repository.publish("bob", bytes("no jar"), bytes("s")), "archive");
        assertThat(refreshed().find("ada/prose-1.0.0.jar")).isEmpty();
        assertThat(repository.check(Duration.ofDays(7))).isEmpty();
    }

    @Test
    void yankedVersionsLeaveTheIndexAndStayToBeHad() throws IOException {
        repository.addPublisher("ada", "certificate");
        repository.publish("ada", jar("prose", "1.0.0"), bytes("signature"));
        repository.publish("ada", jar("prose", "1.1.0"), bytes("signature"));
        repository.yank("ada", "prose", "1.0.0");
        TufClient client = refreshed();
        assertThat(json(client, "index.json").path("skills")).hasSize(1);
        assertThat(client.find("ada/prose-1.0.0.jar")
                        .orElseThrow()
                        .custom()
                        .path("yanked")
                        .booleanValue())
                .isTrue();
        refused(() -> repository.yank("ada", "prose", "9.0.0"), "index.json");
    }

    @Test
    void revocationsAreSignedByTheMarketplace() throws IOException {
        repository.revoke("prose", "1.0.0", "leaks what it reads");
        repository.revoke("other", "*", "key stolen");
        JsonNode revoked = json(refreshed(), "revocations.json").path("revoked");
        assertThat(revoked).hasSize(2);
        assertThat(revoked.get(0).path("reason").stringValue()).isEqualTo("leaks what it reads");
        assertThat(revoked.get(1).path("version").stringValue()).isEqualTo("*");
    }

    @Test
    void aStolenPublisherKeySignsNothingMoreAfterRotation() throws IOException {
        repository.addPublisher("ada", "certificate");
        repository.publish("ada", jar("prose", "1.0.0"), bytes("signature"));
        Path thief = folder.resolve("thief");
        copy(folder.resolve("keys"), thief);
        repository.rotate("ada");
        assertThat(refreshed().find("ada/prose-1.0.0.jar")).isPresent();
        assertThat(repository.check(Duration.ofDays(7))).isEmpty();
        // The thief signs a new version of the role with the stolen key, and even holds the online keys.
        Repository stolen = Repository.open(market(), new RepositoryKeys(thief, PASSPHRASE.toCharArray()), CLOCK);
        stolen.publish("ada", jar("prose", "6.6.6"), bytes("signature"));
        TufClient client = refreshed();
        assertThatThrownBy(() -> client.find("ada/prose-6.6.6.jar"))
                .isInstanceOfSatisfying(
                        TufException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(TufException.Code.SIGNATURES));
    }

    @Test
    void clientsFollowRotatedRootTargetsAndOnlineKeys() throws IOException {
        repository.addPublisher("ada", "certificate");
        refreshed();
        for (String role : List.of("root", "online", "targets", "root")) {
            repository.rotate(role);
            repository.publish("ada", jar("prose", "1.0.0"), bytes("signature"));
            assertThat(refreshed().find("ada/prose-1.0.0.jar")).isPresent();
        }
        assertThat(market().resolve("metadata/5.root.json")).exists();
        assertThat(repository.check(Duration.ofDays(7))).isEmpty();
    }

    @Test
    void onlineWorkNeedsNoRootKeysAndRootWorkSaysWhichAreMissing() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("keys"))) {
            for (Path file : files.filter(any -> any.getFileName().toString().startsWith("root"))
                    .toList()) {
                Files.delete(file);
            }
        }
        repository.addPublisher("ada", "certificate");
        repository.publish("ada", jar("prose", "1.0.0"), bytes("signature"));
        repository.refresh();
        refreshed();
        refused(() -> repository.rotate("root"), "root-1.json");
        refused(() -> repository.refreshRoot(), "root-1.json");
    }

    @Test
    void whatExpiresIsWarnedOfBeforeItBreaksAndRefreshMendsIt() throws IOException {
        repository.addPublisher("ada", "certificate");
        assertThat(repository.check(Duration.ofDays(7))).isEmpty();
        assertThat(repository.check(Duration.ofDays(15)))
                .hasSize(2)
                .allMatch(warning -> warning.contains("expires at 2026-06-15T12:00:00Z: refresh"));
        Clock later = Clock.offset(CLOCK, Duration.ofDays(20));
        Repository then = Repository.open(market(), keys(), later);
        assertThatThrownBy(() -> then.check(Duration.ofDays(1)))
                .isInstanceOf(TufException.class)
                .hasMessageContaining("expired");
        then.refresh();
        assertThat(then.check(Duration.ofDays(7))).isEmpty();
        assertThat(then.check(Duration.ofDays(400))).anyMatch(warning -> warning.contains("root"));
        then.refreshRoot();
        assertThat(then.check(Duration.ofDays(360))).noneMatch(warning -> warning.contains("renew root"));
    }

    @Test
    void keysAreSealedAndOpenOnlyWithTheirPassphrase() throws IOException {
        Path file = folder.resolve("keys/targets-1.json");
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        assertThat(Files.readString(file)).contains("argon2id").doesNotContain("PRIVATE");
        Repository other = Repository.open(
                market(), new RepositoryKeys(folder.resolve("keys"), "another passphrase".toCharArray()), CLOCK);
        refused(() -> other.addPublisher("ada", "certificate"), "passphrase");
        Files.writeString(file, Files.readString(file).replace("65536", "2000000000"));
        Repository reopened = Repository.open(market(), keys(), CLOCK);
        refused(() -> reopened.addPublisher("ada", "certificate"), "costs");
        refused(() -> Repository.init(market(), keys(), 3, 2, CLOCK), "already");
        refused(() -> Repository.init(folder.resolve("new"), keys(), 1, 2, CLOCK), "threshold");
    }

    private Path market() {
        return folder.resolve("market");
    }

    private RepositoryKeys keys() {
        return new RepositoryKeys(folder.resolve("keys"), PASSPHRASE.toCharArray());
    }

    private TufClient refreshed() {
        TufClient client = new TufClient(folder.resolve("trust"), new HttpFetcher(url("metadata/")), CLOCK);
        client.refresh();
        return client;
    }

    private HttpFetcher targets() {
        return new HttpFetcher(url("targets/"));
    }

    private URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + path);
    }

    private String read(TufClient client, String path) {
        byte[] content = client.read(client.find(path).orElseThrow(), targets(), 1 << 20);
        return new String(content, StandardCharsets.UTF_8);
    }

    private JsonNode json(TufClient client, String path) {
        return JsonMapper.shared().readTree(read(client, path));
    }

    private static void refused(Runnable work, String part) {
        assertThatThrownBy(work::run).isInstanceOf(SigningException.class).hasMessageContaining(part);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : new ArrayList<>(files.toList())) {
                Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static byte[] jar(String id, String version) {
        return SampleSkill.jar(id, version);
    }
}
