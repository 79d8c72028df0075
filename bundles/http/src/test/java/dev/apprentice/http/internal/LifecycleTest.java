package dev.apprentice.http.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.http.HttpException;
import dev.apprentice.http.Routes.Access;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LifecycleTest {
    @TempDir
    Path home;

    @Test
    void whereItListensIsWrittenWhileItListens() throws Exception {
        Path file = home.resolve("server.json");
        try (TestServer server = new TestServer(home, routes -> {})) {
            assertThat(Files.readString(file))
                    .isEqualTo("{\"url\":\"" + server.url + "\",\"pid\":"
                            + ProcessHandle.current().pid() + "}\n");
        }
        assertThat(file).doesNotExist();
        assertThat(home.resolve("sign-in-token")).doesNotExist();
    }

    @Test
    void aTakenPortIsNamedWithTheRemedy() {
        try (TestServer server = new TestServer(home, routes -> {});
                WebServer second = new WebServer(server.port(), home, new MemoryAudit(), Limits.DEFAULT)) {
            assertThatThrownBy(second::start)
                    .isInstanceOf(HttpException.class)
                    .hasMessageContaining("port " + server.port())
                    .hasMessageContaining("apprentice.http.port");
        }
    }

    @Test
    void restartsLeaveNoThreadBehind() throws Exception {
        run();
        Set<Thread> before = threads();
        for (int i = 0; i < 5; i++) {
            run();
        }
        Set<Thread> left = threads();
        left.removeAll(before);
        for (Thread thread : left) {
            // Jetty ends its scheduler's thread a moment after it has stopped.
            thread.join(5000);
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
    }

    private void run() throws Exception {
        try (TestServer server = new TestServer(
                home, routes -> routes.get("/open", Access.PUBLIC, exchange -> exchange.answerJson(200, 1)))) {
            assertThat(server.get("/open").statusCode()).isEqualTo(200);
        }
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.getName().startsWith("ForkJoinPool")
                        && !thread.getName().startsWith("VirtualThread")
                        && !thread.getName().startsWith("HttpClient"))
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "65536", "x", ""})
    void aBadPortStopsTheStart(String port) {
        assertThatThrownBy(() -> HttpServerComponent.port(port))
                .isInstanceOf(HttpException.class)
                .hasMessageContaining("apprentice.http.port");
    }
}
