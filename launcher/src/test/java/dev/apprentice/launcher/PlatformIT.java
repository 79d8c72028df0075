package dev.apprentice.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.launcher.client.ApiClient;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class PlatformIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    @Test
    void startsEveryBundleRefusesASecondStartAndEndsCleanlyOnSigterm() throws Exception {
        Path home = folder.resolve("home");
        Process process = BuiltProduct.start(home);
        try {
            ApiClient client = BuiltProduct.await(process, home);
            for (JsonNode bundle : bundlesAfterStart(client)) {
                assertThat(bundle.path("state").asString())
                        .as(bundle.path("name").asString())
                        .isEqualTo("ACTIVE");
            }
            BuiltProduct.Result second = BuiltProduct.run(LIMIT, "start", "--home", home.toString(), "--port", "0");
            assertThat(second.exit()).isEqualTo(1);
            assertThat(second.errors()).contains("in use by process " + process.pid(), "--home");

            BuiltProduct.Result status = BuiltProduct.run(LIMIT, "status", "--json", "--home", home.toString());
            assertThat(status.exit()).isZero();
            assertThat(status.output()).contains("\"url\"");

            BuiltProduct.Result stop = BuiltProduct.run(LIMIT, "stop", "--home", home.toString());
            assertThat(stop.exit()).as(stop.errors()).isZero();
            assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(home.resolve("server.json")).doesNotExist();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void aPortInUseIsNamedWithARemedy() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            BuiltProduct.Result result = BuiltProduct.run(
                    LIMIT, "start", "--home", folder.resolve("home").toString(), "--port", "" + taken.getLocalPort());
            assertThat(result.exit()).isEqualTo(1);
            assertThat(result.errors()).contains("" + taken.getLocalPort()).contains("http.port");
        }
    }

    @Test
    void anUnknownSettingStopsTheStart() throws Exception {
        Path home = Files.createDirectories(folder.resolve("home"));
        Files.writeString(home.resolve(Settings.FILE), "http.prot=7071\n");
        BuiltProduct.Result result = BuiltProduct.run(LIMIT, "start", "--home", home.toString());
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.errors()).contains("http.prot", "http.port");
    }

    @Test
    void aForeignModelFolderIsRefusedWithItsReason() throws Exception {
        Path home = Files.createDirectories(folder.resolve("home"));
        Path model = Files.createDirectories(folder.resolve("model"));
        Files.writeString(model.resolve("config.json"), "{\"architectures\": [\"GPTNeoXForCausalLM\"]}");
        Files.writeString(home.resolve(Settings.FILE), "model.dir=" + model + "\n");
        BuiltProduct.Result result = BuiltProduct.run(LIMIT, "start", "--home", home.toString(), "--port", "0");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.errors()).contains("config.json");
    }

    /** The server may answer before the last bundles are started. */
    private static JsonNode bundlesAfterStart(ApiClient client) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            JsonNode bundles = client.get("/api/status").path("bundles");
            boolean started = bundles.valueStream()
                    .allMatch(bundle -> bundle.path("state").asString().equals("ACTIVE"));
            if (started || System.nanoTime() > deadline) {
                return bundles;
            }
            Thread.sleep(50);
        }
    }
}
