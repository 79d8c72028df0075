package dev.apprentice.market.internal;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import dev.apprentice.market.NewMarketplace;
import dev.apprentice.signing.publish.PackageSigner;
import dev.apprentice.signing.publish.PublisherKeys;
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

/** A real marketplace with one publisher, {@code ada}, behind a real web server on any port. */
final class TestMarket implements AutoCloseable {
    static final PublisherKeys ADA = PublisherKeys.create("Ada");
    static final PublisherKeys STRANGER = PublisherKeys.create("Ada");

    final Path folder;
    final Repository repository;
    /** Paths that were asked for. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    private final HttpServer server;

    TestMarket(Path place, Clock clock) {
        folder = place.resolve("repository").toAbsolutePath();
        repository = Repository.init(
                folder, new RepositoryKeys(place.resolve("keys"), "a long passphrase".toCharArray()), 1, 1, clock);
        repository.addPublisher("ada", ADA.certificatePem());
        server = listening();
        server.createContext("/", SimpleFileServer.createFileHandler(folder))
                .getFilters()
                .add(Filter.beforeHandler(
                        "records",
                        exchange -> requests.add(exchange.getRequestURI().getPath())));
        server.start();
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
