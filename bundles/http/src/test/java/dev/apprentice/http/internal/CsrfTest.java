package dev.apprentice.http.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.http.Routes.Access;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CsrfTest {
    @TempDir
    Path home;

    private final AtomicInteger changes = new AtomicInteger();
    private TestServer server;
    private String cookie = "";
    private String token = "";

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(home, routes -> {
            routes.get("/page", Access.BROWSER, exchange -> exchange.answerJson(200, exchange.csrfToken()));
            routes.post("/change", Access.BROWSER, exchange -> exchange.answerJson(200, changes.incrementAndGet()));
        });
        cookie = server.signIn();
        token = server.send(server.request("/page").header("Cookie", cookie))
                .body()
                .replace("\"", "");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theTokenOfTheSessionIsTakenFromFormMultipartOrHeader() throws Exception {
        assertThat(server.post("/change", "_csrf=" + token, cookie).statusCode())
                .isEqualTo(200);
        assertThat(server.send(change().header("X-CSRF-Token", token)).statusCode())
                .isEqualTo(200);
        HttpRequest.Builder multipart = server.request("/change")
                .header("Cookie", cookie)
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(BodyPublishers.ofString(
                        "--b\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n" + token + "\r\n--b--\r\n"));
        assertThat(server.send(multipart).statusCode()).isEqualTo(200);
        assertThat(changes).hasValue(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "_csrf=", "_csrf=wrong", "csrf=TOKEN", "_csrf=TOKENx"})
    void withoutItNothingChanges(String form) throws Exception {
        assertThat(server.post("/change", form.replace("TOKEN", token), cookie).statusCode())
                .isEqualTo(403);
        assertThat(changes).hasValue(0);
    }

    @Test
    void theTokenOfAnotherSessionIsWrong() throws Exception {
        assertThat(server.post("/change", "_csrf=" + token, server.signIn()).statusCode())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({
        "Origin, http://evil.example",
        "Origin, null",
        "Origin, http://127.0.0.1:1",
        "Origin, https://127.0.0.1:PORT",
        "Sec-Fetch-Site, cross-site",
        "Sec-Fetch-Site, same-site"
    })
    void otherPagesAreRefusedEvenWithTheToken(String header, String value) throws Exception {
        HttpRequest.Builder request =
                change().header("X-CSRF-Token", token).header(header, value.replace("PORT", "" + server.port()));
        assertThat(server.send(request).statusCode()).isEqualTo(403);
        assertThat(changes).hasValue(0);
    }

    @Test
    void ownPagesAreTaken() throws Exception {
        HttpRequest.Builder request = change().header("X-CSRF-Token", token)
                .header("Origin", server.url.toString())
                .header("Sec-Fetch-Site", "same-origin");
        assertThat(server.send(request).statusCode()).isEqualTo(200);
    }

    private HttpRequest.Builder change() {
        return server.request("/change").header("Cookie", cookie).POST(BodyPublishers.noBody());
    }
}
