package dev.apprentice.management.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.management.fixture.MemoryAudit;
import dev.apprentice.management.fixture.MemoryMarkets;
import dev.apprentice.management.fixture.MemoryPlatform;
import dev.apprentice.management.fixture.RunningServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MarketRoutesTest {
    @TempDir
    Path home;

    private final MemoryMarkets markets = new MemoryMarkets(new MemoryPlatform("java", ""), "java", "");
    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(home, new MemoryAudit());
        server.add(new MarketRoutes(markets));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void everyRouteNeedsTheApiKey() throws Exception {
        for (String path :
                List.of("/api/markets", "/api/market/search", "/api/market/skill?id=java", "/api/market/updates")) {
            assertThat(server.send(server.open(path)).statusCode()).as(path).isEqualTo(401);
            assertThat(server.send(server.api(path)).statusCode()).as(path).isEqualTo(200);
        }
        for (String path : List.of("/api/markets", "/api/markets/market/refresh", "/api/market/install")) {
            assertThat(server.send(server.open(path).POST(BodyPublishers.ofString("{}")))
                            .statusCode())
                    .as(path)
                    .isEqualTo(401);
        }
        assertThat(server.send(server.open("/api/markets/market").DELETE()).statusCode())
                .isEqualTo(401);
    }

    @Test
    void aMarketplaceIsAddedRefreshedAndRemoved() throws Exception {
        assertThat(server.post("/api/markets", """
                                {"name": "m", "addresses": ["https://example.org"], "root": "{}", "introducesPublishers": true}
                                """).statusCode()).isEqualTo(200);
        assertThat(server.post("/api/markets/market/refresh", "{}").statusCode())
                .isEqualTo(200);
        assertThat(server.send(server.api("/api/markets/market").DELETE()).statusCode())
                .isEqualTo(200);
        assertThat(markets.changes)
                .containsExactly("add m [https://example.org] {} true", "refresh market", "remove market");
    }

    @Test
    void searchAndDetailsAreTold() throws Exception {
        assertThat(server.get("/api/market/search?q=java%20x&offset=3&limit=7")
                        .at("/hits/0/newest/id")
                        .asString())
                .isEqualTo("java");
        assertThat(markets.changes).containsExactly("search java x from 3 at most 7");
        assertThat(server.get("/api/market/skill?id=java").at("/changes/0/to").asString())
                .isEqualTo("2.0.0");
        assertThat(server.get("/api/market/updates").at("/0/available").asString())
                .isEqualTo("2.0.0");
    }

    @Test
    void installingSaysWhoIsNotTrusted() throws Exception {
        HttpResponse<String> refused = server.post("/api/market/install", "{\"skill\": \"java\"}");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("\"untrusted\"", "is not trusted here");
        assertThat(server.post("/api/market/install", "{\"skill\": \"java@2.0.0\", \"trust\": \"cd34\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(markets.changes).containsExactly("install java@2.0.0");
    }

    @Test
    void whatCannotBeUnderstoodIsSaidToBeSo() throws Exception {
        assertThat(server.post("/api/markets", "{}").statusCode()).isEqualTo(400);
        assertThat(server.post("/api/markets", "{\"name\": \"../x\", \"addresses\": [\"/x\"], \"root\": \"\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(server.post("/api/market/install", "{\"skill\": \"../../x\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(server.send(server.api("/api/market/skill?id=gone")).statusCode())
                .isEqualTo(404);
        assertThat(server.send(server.api("/api/market/search?limit=x")).statusCode())
                .isEqualTo(400);
        assertThat(server.post("/api/markets/gone/refresh", "{}").statusCode()).isEqualTo(404);
    }
}
