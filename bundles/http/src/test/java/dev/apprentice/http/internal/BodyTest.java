package dev.apprentice.http.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.http.Exchange.Upload;
import dev.apprentice.http.Routes.Access;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BodyTest {
    private static final Limits SMALL = new Limits(1000, 5000, Duration.ofMillis(600), Duration.ofSeconds(5), 64);

    @TempDir
    Path home;

    private TestServer server;

    record Thing(@Nullable String name, @Nullable Integer count) {}

    @BeforeEach
    void start() {
        server = new TestServer(home, SMALL, routes -> {
            routes.post("/json", Access.PUBLIC, exchange -> exchange.answerJson(200, exchange.json(Thing.class)));
            routes.post(
                    "/upload",
                    Access.PUBLIC,
                    exchange -> exchange.answerJson(
                            200,
                            exchange.uploads().stream().map(BodyTest::describe).toList()
                                    + exchange.form("note").orElse("")));
        });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String describe(Upload upload) {
        return upload.field() + "/" + upload.fileName() + "/" + upload.content().length;
    }

    @Test
    void jsonIsReadAndUnknownFieldsAreIgnored() throws Exception {
        assertThat(json("{\"name\":\"x\",\"count\":3,\"more\":[1]}").body()).isEqualTo("{\"name\":\"x\",\"count\":3}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{",
                "[]",
                "\"text\"",
                "{\"name\":1}",
                "{\"count\":\"3\"}",
                "{\"count\":99999999999}",
                "{\"name\":\"a\",\"name\":\"b\"}",
                "{\"name\":\"a\"} trailing"
            })
    void malformedJsonIsRefused(String body) throws Exception {
        HttpResponse<String> answer = json(body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body())
                .contains("\"code\":\"bad_json\"", "\"type\":\"invalid_request_error\"", "\"param\":null");
    }

    @Test
    void deepJsonStaysWithinItsBounds() throws Exception {
        String deep = "{\"more\":" + "[".repeat(450) + "]".repeat(450) + "}";
        assertThat(json(deep).statusCode()).isEqualTo(200);
        assertThat(json("[".repeat(990)).statusCode()).isEqualTo(400);
    }

    @Test
    void otherTypesAreNotTakenForJson() throws Exception {
        HttpRequest.Builder text =
                server.request("/json").header("Content-Type", "text/plain").POST(BodyPublishers.ofString("{}"));
        assertThat(server.send(text).statusCode()).isEqualTo(415);
    }

    @Test
    void bodiesOverTheLimitAreRefusedWithAndWithoutAnnouncedLength() throws Exception {
        String large = "{\"name\":\"" + "x".repeat(2000) + "\"}";
        assertThat(json(large).statusCode()).isEqualTo(413);
        HttpRequest.Builder chunked = server.request("/json")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(large.getBytes(StandardCharsets.UTF_8))));
        assertThat(server.send(chunked).statusCode()).isEqualTo(413);
        assertThat(upload("b", part("jar", "x".repeat(6000))).statusCode()).isEqualTo(413);
    }

    @Test
    void aSlowBodyIsGivenUp() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(20_000);
            String head = "POST /json HTTP/1.1\r\nHost: 127.0.0.1:" + server.port()
                    + "\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 12; i++) {
                Thread.sleep(100);
                socket.getOutputStream().write(' ');
                if (socket.getInputStream().available() > 0) {
                    break;
                }
            }
            String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            assertThat(answer).isEqualTo("HTTP/1.1 408");
        }
    }

    @Test
    void filesAndFieldsOfAFormAreRead() throws Exception {
        String field = "--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n";
        HttpResponse<String> answer =
                upload("b", part("jar", "--not a boundary\r\n--") + part("signature", "") + field);
        assertThat(answer.body()).isEqualTo("\"[jar/a.bin/20, signature/a.bin/0]hello\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "--c\r\n", "--b", "--b\r\n", "--b\r\nX: y\r\n\r\n", "--b\r\nX: y\r\n\r\ntext\r\n--b--\r\n"})
    void malformedFormsAreRefused(String body) throws Exception {
        HttpRequest.Builder request = server.request("/upload")
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(BodyPublishers.ofString(body));
        assertThat(server.send(request).statusCode()).isEqualTo(400);
    }

    private static String part(String name, String content) {
        return "--b\r\nContent-Disposition: form-data; name=\"" + name
                + "\"; filename=\"a.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n" + content + "\r\n";
    }

    private HttpResponse<String> upload(String boundary, String parts) throws Exception {
        return server.send(server.request("/upload")
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(BodyPublishers.ofString(parts + "--" + boundary + "--\r\n")));
    }

    private HttpResponse<String> json(String body) throws Exception {
        return server.send(server.request("/json")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }
}
