package dev.apprentice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import dev.apprentice.signing.publish.PackageSigner;
import dev.apprentice.signing.publish.PublisherKeys;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A marketplace made by {@code apprentice repo}, and read by {@code apprentice tuf-client} over HTTP. */
class MarketplaceIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Map<String, String> PASSPHRASE = Map.of("APPRENTICE_PASSPHRASE", "a long passphrase");

    @TempDir
    Path folder;

    @Test
    void whatIsPublishedCanBeDownloadedAndWhatIsForgedCannot() throws Exception {
        Path jar = Files.copy(
                new Distribution(BuiltProduct.DISTRIBUTION).skill("template", "1.0.0"), folder.resolve("template.jar"));
        PublisherKeys publisher = PublisherKeys.create("Ada");
        Files.write(folder.resolve("template.jar.p7s"), PackageSigner.sign(publisher, Files.readAllBytes(jar)));
        Files.writeString(folder.resolve("ada.pem"), publisher.certificatePem());
        repo("init");
        repo("add-publisher", "ada", folder.resolve("ada.pem").toString());
        repo("publish", "ada", jar.toString());
        BuiltProduct.Result check = BuiltProduct.run(LIMIT, "repo", "check", market().toString());
        assertThat(check.output()).contains("All is well");

        HttpServer server = SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                market(),
                SimpleFileServer.OutputLevel.NONE);
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        try {
            String root = market().resolve("metadata/1.root.json").toString();
            assertThat(client(url, "init", root).exit()).isZero();
            BuiltProduct.Result download = client(url, "download");
            assertThat(download.exit()).as(download.errors()).isZero();
            assertThat(folder.resolve("downloads/ada%2Ftemplate-1.0.0.jar")).hasSameBinaryContentAs(jar);

            Path timestamp = market().resolve("metadata/timestamp.json");
            Files.writeString(timestamp, Files.readString(timestamp).replace("\"version\":3", "\"version\":4"));
            BuiltProduct.Result forged = client(url, "refresh");
            assertThat(forged.exit()).isEqualTo(1);
            assertThat(forged.errors()).contains("timestamp", "good signatures");
        } finally {
            server.stop(0);
        }
    }

    private void repo(String command, String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of(
                "repo",
                command,
                market().toString(),
                "--keys",
                folder.resolve("keys").toString()));
        line.addAll(List.of(arguments));
        BuiltProduct.Result result = BuiltProduct.run(PASSPHRASE, LIMIT, line.toArray(String[]::new));
        assertThat(result.exit()).as(result.errors()).isZero();
    }

    private BuiltProduct.Result client(String url, String... command) throws Exception {
        List<String> line = new ArrayList<>(List.of(
                "tuf-client",
                "--metadata-dir",
                folder.resolve("trust").toString(),
                "--metadata-url",
                url + "/metadata",
                "--target-base-url",
                url + "/targets",
                "--target-dir",
                folder.resolve("downloads").toString(),
                "--target-name",
                "ada/template-1.0.0.jar"));
        line.addAll(List.of(command));
        return BuiltProduct.run(LIMIT, line.toArray(String[]::new));
    }

    private Path market() {
        return folder.resolve("market").toAbsolutePath();
    }
}
