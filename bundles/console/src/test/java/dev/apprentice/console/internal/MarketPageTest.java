package dev.apprentice.console.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.management.fixture.MemoryAudit;
import dev.apprentice.management.fixture.MemoryMarkets;
import dev.apprentice.management.fixture.MemoryPlatform;
import dev.apprentice.management.fixture.RunningServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MarketPageTest {
    /** Breaks out of text, quoted attributes and comments wherever it is not escaped. */
    private static final String HOSTILE = "'\"--><script>alert(1)</script><img src=x onerror=alert(2)>${7*7}";

    private static final String ROOT = "{\"root\"}";
    private static final String ROOT_SHA256 = "da78f65a752b9a5b1fed0aac08c1dad32a0606fee3f162ca8a4e37b83779ac75";

    @TempDir
    Path home;

    private RunningServer server;
    private MemoryMarkets markets = open("");
    private String cookie = "";
    private String csrf = "";

    private static MemoryMarkets open(String text) {
        return new MemoryMarkets(new MemoryPlatform("java", ""), "java", text);
    }

    @BeforeEach
    void start() throws Exception {
        server = new RunningServer(home, new MemoryAudit());
        cookie = server.signIn();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void serve(String text) throws Exception {
        markets = open(text);
        server.add(new MarketPage(markets));
        Matcher token = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"")
                .matcher(get("/market").body());
        assertThat(token.find()).isTrue();
        csrf = token.group(1);
        markets.changes.clear();
    }

    @Test
    void hostileTextOfACatalogueIsShownAsText() throws Exception {
        serve(HOSTILE);
        for (String path : List.of("/market", "/market?q=" + Format.part(HOSTILE), "/market/skill?id=java")) {
            String html = get(path).body();
            assertThat(html).as(path).contains("alert(1)").doesNotContain(">49", "\"-->");
            String withoutValues = html.replaceAll("\"[^\"]*\"", "");
            assertThat(withoutValues)
                    .as(path)
                    .doesNotContain("<script>", "<img")
                    .doesNotContainPattern("(?i)<[^>]*\\s(style|on[a-z]+)\\s*=");
        }
    }

    @Test
    void everyPageNeedsASignedInBrowserAndEveryChangeTheFormsToken() throws Exception {
        serve("");
        for (String path : List.of("/market", "/market/skill?id=java")) {
            assertThat(server.send(server.open(path)).statusCode()).as(path).isEqualTo(401);
            assertThat(get(path).statusCode()).as(path).isEqualTo(200);
        }
        markets.changes.clear();
        csrf = "wrong";
        assertThat(post("/market/install", "skill=java&trust=cd34").statusCode())
                .isEqualTo(403);
        assertThat(post("/market/refresh", "name=market").statusCode()).isEqualTo(403);
        assertThat(markets.changes).isEmpty();
    }

    @Test
    void theCatalogueIsSearchedPageByPage() throws Exception {
        serve("");
        assertThat(get("/market?q=java&offset=20").body())
                .contains("40 skills", "/market/skill?id=market%2Fada%2Fjava", "offset=21", "value=\"java\"");
        assertThat(markets.changes).containsExactly("search java from 20 at most 20");
    }

    @Test
    void detailsShowWhatAnUpdateWouldChange() throws Exception {
        serve("");
        assertThat(get("/market/skill?id=java").body())
                .contains("What would change", "1.0.0", "2.0.0", "permission", "4.0 KiB", "value=\"cd34\"", ">Update<");
        assertThat(get("/market/skill?id=gone").statusCode()).isEqualTo(404);
        assertThat(get("/market/skill?id=" + Format.part("../x")).statusCode()).isEqualTo(400);
    }

    @Test
    void aSkillIsInstalledOrRefusedWithTheReason() throws Exception {
        serve("");
        HttpResponse<String> refused = post("/market/install", "skill=java");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("Refused.", "Ada is not trusted here");
        HttpResponse<String> done = post("/market/install", "skill=java%402.0.0&trust=cd34");
        assertThat(done.statusCode()).isEqualTo(303);
        assertThat(done.headers().firstValue("Location")).hasValue("/skills/java");
        assertThat(markets.changes).containsExactly("install java@2.0.0");
    }

    @Test
    void aMarketplaceIsRefreshed() throws Exception {
        serve("");
        assertThat(post("/market/refresh", "name=market").body()).contains("market is up to date.");
        assertThat(post("/market/refresh", "name=gone").body()).contains("Refused.", "no marketplace gone");
    }

    @Test
    void aMarketplaceIsAddedWithItsRootFile() throws Exception {
        serve("");
        assertThat(add("https://example.org/\r\n/media/stick\r\n", "").body()).contains("market is added.");
        assertThat(markets.changes).contains("add fair [https://example.org/, /media/stick] {\"root\"} false");
        assertThat(add("/media/stick", " sha256:" + ROOT_SHA256).statusCode()).isEqualTo(200);
        markets.changes.clear();
        HttpResponse<String> otherRoot = add("/media/stick", "0".repeat(64));
        assertThat(otherRoot.statusCode()).isEqualTo(422);
        assertThat(otherRoot.body()).contains("Refused.", "not the one given");
        assertThat(add(" ", "").body()).contains("Refused.", "0 addresses");
        csrf = "wrong";
        assertThat(add("/media/stick", "").statusCode()).isEqualTo(403);
        assertThat(markets.changes).noneMatch(change -> change.startsWith("add"));
    }

    private HttpResponse<String> add(String addresses, String digest) throws Exception {
        String form = field("_csrf", csrf)
                + field("name", "fair")
                + field("addresses", addresses)
                + field("digest", digest)
                + "--x\r\nContent-Disposition: form-data; name=\"root\"; filename=\"1.root.json\"\r\n"
                + "Content-Type: application/json\r\n\r\n" + ROOT + "\r\n--x--\r\n";
        return server.send(server.open("/market/add")
                .header("Cookie", cookie)
                .header("Accept", "text/html")
                .header("Content-Type", "multipart/form-data; boundary=x")
                .POST(BodyPublishers.ofString(form)));
    }

    private static String field(String name, String value) {
        return "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }

    private HttpResponse<String> get(String path) throws Exception {
        return server.send(server.open(path).header("Cookie", cookie).header("Accept", "text/html"));
    }

    private HttpResponse<String> post(String path, String form) throws Exception {
        return server.send(server.open(path)
                .header("Cookie", cookie)
                .header("Accept", "text/html")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("_csrf=" + csrf + "&" + form)));
    }
}
