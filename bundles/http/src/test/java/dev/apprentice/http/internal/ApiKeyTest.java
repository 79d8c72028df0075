package dev.apprentice.http.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.http.HttpException;
import dev.apprentice.http.Routes.Access;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ApiKeyTest {
    @TempDir
    Path home;

    @Test
    void onlyOneRightAuthorizationOpensTheApi() throws IOException {
        try (TestServer server = server()) {
            String right = "Authorization: Bearer " + server.key() + "\r\n";
            assertThat(status(server, right)).isEqualTo(200);
            assertThat(status(server, right.replace("Bearer", "bearer"))).isEqualTo(200);
            List<String> wrong = new ArrayList<>(List.of(
                    "",
                    "Authorization:\r\n",
                    "Authorization: \r\n",
                    "Authorization: Bearer\r\n",
                    "Authorization: Bearer \r\n",
                    "Authorization: Basic " + server.key() + "\r\n",
                    "Authorization: " + server.key() + "\r\n",
                    "Authorization: Bearer " + server.key() + "x\r\n",
                    "Authorization: Bearer " + server.key() + ", Bearer x\r\n",
                    "X-Api-Key: " + server.key() + "\r\n"));
            wrong.add(right + right);
            wrong.add(right + "Authorization: Bearer wrong\r\n");
            for (String headers : wrong) {
                assertThat(status(server, headers)).as(headers).isIn(400, 401);
            }
        }
    }

    @Test
    void aSignedInBrowserDoesNotOpenTheApi() throws Exception {
        try (TestServer server = server()) {
            String cookie = server.signIn();
            assertThat(server.send(server.request("/api/thing").header("Cookie", cookie))
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void theKeyIsPrivateAndKept() throws IOException {
        String key;
        try (TestServer server = server()) {
            key = server.key();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("api-key"))))
                    .isEqualTo("rw-------");
            assertThat(key).hasSizeGreaterThanOrEqualTo(43);
        }
        try (TestServer server = server()) {
            assertThat(server.key()).isEqualTo(key);
        }
    }

    @Test
    void aBlankKeyFileStopsTheStart() throws IOException {
        Files.writeString(home.resolve("api-key"), "  \n");
        assertThatThrownBy(this::server).isInstanceOf(HttpException.class).hasMessageContaining("delete it");
    }

    private TestServer server() {
        return new TestServer(
                home, routes -> routes.get("/api/thing", Access.API, exchange -> exchange.answerJson(200, 1)));
    }

    private static int status(TestServer server, String headers) throws IOException {
        return server.rawStatus("/api/thing", "Host: 127.0.0.1:" + server.port() + "\r\n" + headers);
    }
}
