package dev.apprentice.http.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.http.HttpException;
import dev.apprentice.http.RouteContributor;
import dev.apprentice.http.Routes.Access;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PathTest {
    @TempDir
    Path home;

    private TestServer server;

    @BeforeEach
    void start() {
        server = new TestServer(home, routes -> {
            routes.assets("/files", PathTest.class.getClassLoader(), "dev/apprentice/http/assets");
            routes.get(
                    "/things/{id}", Access.PUBLIC, exchange -> exchange.answerJson(200, exchange.pathParameter("id")));
            routes.get("/things/fixed", Access.PUBLIC, exchange -> exchange.answerJson(200, "the fixed one"));
            routes.get("/keys/{id}", Access.API, exchange -> exchange.answerJson(200, "secret"));
            routes.get("/broken", Access.PUBLIC, exchange -> {
                throw new IllegalStateException("secret detail");
            });
        });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void parametersAreDecodedOnceAndFixedPartsWin() throws Exception {
        assertThat(server.get("/things/a%20b%C3%A4").body()).isEqualTo("\"a bä\"");
        assertThat(server.get("/things/fixed").body()).isEqualTo("\"the fixed one\"");
        assertThat(server.get("/things/%7Bid%7D").body()).isEqualTo("\"{id}\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/files/../http/assets/page.css",
                "/files/../../page.css",
                "/files/%2e%2e/page.css",
                "/files/..%2fpage.css",
                "/files/%2e%2e%2f%2e%2e%2fetc/passwd",
                "/files/..%5cpage.css",
                "/files/..\\page.css",
                "/files//page.css",
                "/files/page.css/",
                "/files/page.css;x",
                "/files/page.css%00",
                "/files/./page.css",
                "/files/page%2ecss/..",
                "/files/../internal/WebServer.class",
                "/files/page.class",
                "/files/.page.css",
                "/files/",
                "/files",
                "/things/a%2fb",
                "/things/a/b",
                "/things/",
                "/things/%zz",
                "/things/%2561",
                "/things/%c0%ae",
                "//keys/1",
                "/keys/1;x",
                "/keys/1/",
                "/KEYS/1"
            })
    void nothingElseIsReached(String path) throws Exception {
        String answer = server.raw(
                "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\nConnection: close\r\n\r\n");
        assertThat(answer).matches("(?s)HTTP/1.1 40[04].*").doesNotContain("color-scheme", "secret");
    }

    @Test
    void assetsAreServedWithTypeAndTag() throws Exception {
        HttpResponse<String> asset = server.get("/files/page.css");
        assertThat(asset.statusCode()).isEqualTo(200);
        assertThat(asset.headers().firstValue("Content-Type")).hasValue("text/css; charset=utf-8");
        String tag = asset.headers().firstValue("ETag").orElseThrow();
        assertThat(server.send(server.request("/files/page.css").header("If-None-Match", tag))
                        .statusCode())
                .isEqualTo(304);
    }

    @Test
    void otherMethodsAreRefused() throws Exception {
        assertThat(server.send(server.request("/things/1").POST(BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(405);
        assertThat(server.send(server.request("/things/1").method("TRACE", BodyPublishers.noBody()))
                        .statusCode())
                .isGreaterThanOrEqualTo(400);
    }

    @Test
    void failuresTellNothingOfTheInside() throws Exception {
        HttpResponse<String> json = server.get("/broken");
        assertThat(json.statusCode()).isEqualTo(500);
        assertThat(json.body()).contains("\"code\":\"internal\"").doesNotContain("secret");
        HttpResponse<String> page = server.send(server.request("/broken").header("Accept", "text/html"));
        assertThat(page.body()).contains("<h1>500</h1>").doesNotContain("secret");
    }

    @Test
    void routesComeAndGo() throws Exception {
        RouteContributor late =
                routes -> routes.get("/late", Access.PUBLIC, exchange -> exchange.answerJson(200, "late"));
        assertThat(server.get("/late").statusCode()).isEqualTo(404);
        server.server.routes().add(late);
        assertThat(server.get("/late").statusCode()).isEqualTo(200);
        server.server.routes().remove(late);
        assertThat(server.get("/late").statusCode()).isEqualTo(404);
    }

    @Test
    void aTakenRouteCannotBeTakenOver() throws Exception {
        RouteContributor thief = routes -> {
            routes.get("/mine", Access.PUBLIC, exchange -> exchange.answerJson(200, "mine"));
            routes.get("/keys/{other}", Access.PUBLIC, exchange -> exchange.answerJson(200, "stolen"));
        };
        assertThatThrownBy(() -> server.server.routes().add(thief))
                .isInstanceOf(HttpException.class)
                .hasMessageContaining("answered already");
        assertThat(server.get("/mine").statusCode()).isEqualTo(404);
        assertThat(server.get("/keys/1").statusCode()).isEqualTo(401);
    }
}
