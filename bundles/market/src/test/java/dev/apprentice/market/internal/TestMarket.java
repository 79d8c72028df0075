package dev.apprentice.market.internal;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import dev.apprentice.market.NewMarketplace;
import dev.apprentice.signing.publish.PackageSigner;
import dev.apprentice.signing.publish.PublisherKeys;
import dev.apprentice.signing.publish.SkillEvidence;
import dev.apprentice.signing.publish.repository.Repository;
import dev.apprentice.signing.publish.repository.RepositoryKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A real marketplace with one publisher, {@code ada}, behind a real web server on any port. */
final class TestMarket implements AutoCloseable {
    static final PublisherKeys ADA = PublisherKeys.create("Ada");
    static final PublisherKeys STRANGER = PublisherKeys.create("Ada");

    final Path folder;
    final Repository repository;
    /** Paths that were asked for. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    private final HttpServer server;

    /** A new marketplace, and keys that are opened once: sealing keys is slow on purpose. */
    record Template(Path folder, RepositoryKeys keys) {
        static Template make(Path place) {
            Template made = new Template(
                    place.resolve("template"),
                    new RepositoryKeys(place.resolve("keys"), "a long passphrase".toCharArray()));
            Repository.init(made.folder, made.keys, 1, 1, Clock.systemUTC()).addPublisher("ada", ADA.certificatePem());
            return made;
        }
    }

    TestMarket(Template template, Path place, Clock clock) {
        folder = place.resolve("repository").toAbsolutePath();
        copy(template.folder, folder);
        repository = Repository.open(folder, template.keys, clock);
        server = listening();
        server.createContext("/", SimpleFileServer.createFileHandler(folder))
                .getFilters()
                .add(Filter.beforeHandler(
                        "records",
                        exchange -> requests.add(exchange.getRequestURI().getPath())));
        server.start();
    }

    static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static HttpServer listening() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    void publish(TestSkill skill) {
        publish(skill, ADA);
    }

    void publish(TestSkill skill, PublisherKeys signer) {
        byte[] jar = skill.jar();
        repository.publish("ada", jar, PackageSigner.sign(signer, jar));
    }

    /** Publishes a skill with what stands beside it. */
    void publish(TestSkill skill, SkillEvidence evidence) {
        byte[] jar = skill.jar();
        repository.publish("ada", jar, PackageSigner.sign(ADA, jar), evidence);
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    NewMarketplace wanted(String... addresses) {
        return new NewMarketplace("test", List.of(addresses), root(), false);
    }

    byte[] root() {
        try {
            return Files.readAllBytes(folder.resolve("metadata/1.root.json"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
