package dev.apprentice.launcher.demo;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import dev.apprentice.launcher.LauncherException;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A marketplace of three publishers with throw-away keys, served on loopback by a plain web server for static files. */
final class DemoMarket implements AutoCloseable {
    private static final List<String> PUBLISHERS = List.of("ada", "grace", "alan");
    private static final char[] PASSPHRASE = "only for a demo".toCharArray();

    private final Path folder;
    private final Path keys;
    private final Path original;
    private final Map<String, PublisherKeys> publishers = new LinkedHashMap<>();
    private final Repository repository;
    private final HttpServer server;

    /**
     * Builds and serves it.
     *
     * @param place an empty folder for repository and keys
     * @param original the jar from which every skill is made
     */
    DemoMarket(Path place, Path original) {
        this.folder = place.resolve("market");
        this.keys = place.resolve("keys");
        this.original = original;
        repository = Repository.init(folder, new RepositoryKeys(keys, PASSPHRASE), 3, 2, Clock.systemUTC());
        for (String name : PUBLISHERS) {
            PublisherKeys own = PublisherKeys.create("Demo " + name);
            publishers.put(name, own);
            repository.addPublisher(name, own.certificatePem());
        }
        server = SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                folder.toAbsolutePath(),
                SimpleFileServer.OutputLevel.NONE);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    /** What its users must have got in a trustworthy way. */
    String root() {
        try {
            return Files.readString(folder.resolve("metadata").resolve("1.root.json"));
        } catch (IOException e) {
            throw new LauncherException("The demo's marketplace cannot be read", e);
        }
    }

    List<String> publishers() {
        return PUBLISHERS;
    }

    Repository repository() {
        return repository;
    }

    void publish(String publisher, SkillVariant skill) {
        publish(repository, publisher, skill);
    }

    private void publish(Repository as, String publisher, SkillVariant skill) {
        PublisherKeys signer = publishers.get(publisher);
        if (signer == null) {
            throw new LauncherException("The demo has no publisher " + publisher);
        }
        byte[] jar = skill.build(original);
        as.publish(publisher, jar, PackageSigner.sign(signer, jar));
    }

    /** Plays a thief of all keys but root's, whose victim replaces the publisher's; the thief publishes nevertheless. */
    void stealRotateAndPublish(String publisher, SkillVariant skill) {
        Path stolen = keys.resolveSibling("stolen-keys");
        copy(keys, stolen);
        repository.rotate(publisher);
        publish(Repository.open(folder, new RepositoryKeys(stolen, PASSPHRASE), Clock.systemUTC()), publisher, skill);
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.list(from)) {
            Files.createDirectories(to);
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        } catch (IOException e) {
            throw new LauncherException("The demo's keys cannot be copied: check the space for temporary files", e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
