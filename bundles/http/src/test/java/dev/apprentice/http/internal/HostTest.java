package dev.apprentice.http.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.http.RouteContributor;
import dev.apprentice.http.Routes.Access;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HostTest {
    @TempDir
    Path home;

    private final AtomicInteger calls = new AtomicInteger();
    private TestServer server;

    @BeforeEach
    void start() {
        RouteContributor routes = contributed -> contributed.get("/open", Access.PUBLIC, exchange -> {
            calls.incrementAndGet();
            exchange.answerJson(200, "open");
        });
        server = new TestServer(home, routes);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:PORT", "localhost:PORT", "LOCALHOST:PORT", "[::1]:PORT"})
    void ownNamesAreAnswered(String host) throws IOException {
        assertThat(status("/open", "Host: " + host + "\r\n")).isEqualTo(200);
        assertThat(calls).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: evil.example\r\n",
                "Host: evil.example:PORT\r\n",
                "Host: 127.0.0.1\r\n",
                "Host: 127.0.0.1:1\r\n",
                "Host: localhost.:PORT\r\n",
                "Host: 127.0.0.1.:PORT\r\n",
                "Host: 127.0.0.2:PORT\r\n",
                "Host: [::2]:PORT\r\n",
                "Host: [::ffff:127.0.0.1]:PORT\r\n",
                "Host: user@127.0.0.1:PORT\r\n",
                "Host: 2130706433:PORT\r\n",
                "Host: \r\n",
                "",
                "Host: 127.0.0.1:PORT\r\nHost: 127.0.0.1:PORT\r\n",
                "Host: 127.0.0.1:PORT\r\nHost: evil.example\r\n",
                "Host: evil.example\r\nX-Forwarded-Host: 127.0.0.1:PORT\r\n"
            })
    void otherHostsAreRefused(String hostLines) throws IOException {
        assertThat(status("/open", hostLines)).isBetween(400, 421);
        assertThat(calls).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:PORT/open",
                "http://evil.example/open",
                "//evil.example/open",
                "open",
                "*",
                "/open#x y"
            })
    void onlyPathsAreAskedFor(String target) throws IOException {
        assertThat(status(target, "Host: 127.0.0.1:PORT\r\n")).isBetween(400, 421);
        assertThat(calls).hasValue(0);
    }

    @Test
    void everyAnswerCarriesTheSecurityHeaders() throws Exception {
        for (String path : new String[] {"/open", "/missing", "/assets/http/page.css"}) {
            var headers = server.get(path).headers();
            assertThat(headers.firstValue("Content-Security-Policy").orElse(""))
                    .startsWith("default-src 'none'; script-src 'self';")
                    .contains("frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(headers.firstValue("Referrer-Policy")).hasValue("same-origin");
            assertThat(headers.firstValue("Access-Control-Allow-Origin")).isEmpty();
            assertThat(headers.firstValue("Server")).isEmpty();
        }
    }

    private int status(String target, String hostLines) throws IOException {
        String port = String.valueOf(server.port());
        return server.rawStatus(target.replace("PORT", port), hostLines.replace("PORT", port));
    }
}
