package dev.apprentice.console.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.management.PlatformStatus;
import dev.apprentice.management.PlatformStatus.BundleState;
import dev.apprentice.management.fixture.MemoryAudit;
import dev.apprentice.management.fixture.MemoryPlatform;
import dev.apprentice.management.fixture.MemoryPublishers;
import dev.apprentice.management.fixture.MemoryStore;
import dev.apprentice.management.fixture.RunningServer;
import dev.apprentice.management.fixture.ScriptedModel;
import dev.apprentice.store.AuditEvent;
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

final class ConsoleRoutesTest {
    /** Breaks out of text, quoted attributes and comments wherever it is not escaped. */
    private static final String HOSTILE = "'\"--><script>alert(1)</script><img src=x onerror=alert(2)>${7*7}";

    @TempDir
    Path home;

    private final MemoryAudit audit = new MemoryAudit();
    private RunningServer server;
    private MemoryPlatform platform = new MemoryPlatform("java", "");
    private String cookie = "";
    private String csrf = "";

    @BeforeEach
    void start() throws Exception {
        server = new RunningServer(home, audit);
        cookie = server.signIn();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void open(String id, String text) throws Exception {
        platform = new MemoryPlatform(id, text);
        PlatformStatus status = () -> new PlatformStatus.Report(
                "1" + text,
                server.server.url(),
                "/home" + text,
                3700,
                new PlatformStatus.Model("m" + text, "sha256:d" + text, "F32" + text, 1_500_000),
                "kernels" + text,
                List.of(new BundleState("bundle" + text, "1" + text, "ACTIVE")),
                1,
                100);
        server.add(new ConsoleRoutes(
                platform,
                platform,
                new ScriptedModel("base" + text),
                new MemoryPublishers("Ada" + text, "ab12"),
                status,
                new MemoryStore(home, audit)));
        Matcher token = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"").matcher(get("/").body());
        assertThat(token.find()).isTrue();
        csrf = token.group(1);
    }

    @Test
    void everyPageNeedsASignedInBrowser() throws Exception {
        open("java", "");
        for (String path : List.of(
                "/", "/skills/java", "/skills/java/curve", "/skills/java/remove", "/audit", "/publishers", "/status")) {
            assertThat(server.send(server.open(path)).statusCode()).as(path).isEqualTo(401);
            assertThat(server.send(server.api(path)).statusCode()).as(path).isEqualTo(401);
            assertThat(get(path).statusCode()).as(path).isEqualTo(200);
        }
    }

    @Test
    void hostileTextIsShownAsText() throws Exception {
        open("java" + HOSTILE, HOSTILE);
        audit.append(AuditEvent.SKILL_REFUSED, "subject" + HOSTILE, "detail" + HOSTILE);
        platform.learner().cycle((stage, done, total) -> {});
        platform.learner().cycle((stage, done, total) -> {});
        String skill = "/skills/" + Format.part("java" + HOSTILE).replace("%2F", "/");
        List<String> paths = List.of("/", "/audit", "/publishers", "/status");
        for (String path : paths) {
            assertHarmless(get(path).body());
        }
        // An id with a slash has no page: no route matches it.
        assertThat(get(skill).statusCode()).isEqualTo(404);
        platform.quarantine();
        assertHarmless(get("/").body());
    }

    @Test
    void hostileTextOfASkillIsShownAsTextOnItsOwnPages() throws Exception {
        open("java", HOSTILE);
        platform.learner().cycle((stage, done, total) -> {});
        assertHarmless(get("/skills/java").body());
        assertHarmless(
                get("/skills/java/roll-back?commit=" + Format.part(HOSTILE)).body());
        assertHarmless(
                get("/skills/java/roll-back?version=" + Format.part(HOSTILE)).body());
        assertHarmless(get("/skills/java/remove").body());
        assertHarmless(
                post("/skills/java/roll-back", "commit=" + Format.part(HOSTILE)).body());
        assertHarmless(upload("2.0.0 asks for files" + HOSTILE, "signed").body());
        assertThat(get("/missing" + Format.part("<script>alert(1)")).body()).doesNotContain("<script>");
    }

    private static void assertHarmless(String html) {
        assertThat(html).contains("alert(1)").doesNotContain(">49", "\"-->");
        String withoutValues = html.replaceAll("\"[^\"]*\"", "");
        assertThat(withoutValues)
                .doesNotContain("<script>", "<img")
                .doesNotContainPattern("(?i)<[^>]*\\s(style|on[a-z]+)\\s*=");
    }

    @Test
    void noPageHasInlineScriptOrStyle() throws Exception {
        open("java", "");
        platform.learner().cycle((stage, done, total) -> {});
        for (String path : List.of("/", "/skills/java", "/audit", "/publishers", "/status", "/skills/java/remove")) {
            String html = get(path).body();
            assertThat(html).doesNotContain("<style").doesNotContainPattern("<script(?![^>]*src=)");
            assertThat(html).doesNotContainPattern("\\sstyle=").doesNotContainPattern("\\son[a-z]+=");
            assertThat(html).startsWith("<!doctype html>").endsWith("</html>\n");
        }
    }

    @Test
    void whatPagesLoadIsThere() throws Exception {
        open("java", "");
        Matcher link = Pattern.compile("(?:src|href)=\"(/assets/[^\"]+)\"").matcher(get("/").body());
        int found = 0;
        for (; link.find(); found++) {
            assertThat(server.send(server.open(link.group(1))).statusCode())
                    .as(link.group(1))
                    .isEqualTo(200);
        }
        assertThat(found).isEqualTo(8);
    }

    @Test
    void aSkillIsInstalledFromTheShelfOrRefusedWithTheReason() throws Exception {
        open("java", "");
        HttpResponse<String> good = upload("2.0.0", "signed");
        assertThat(good.statusCode()).isEqualTo(200);
        assertThat(good.body()).contains("Name 2.0.0 by Publisher is installed.");
        HttpResponse<String> bad = upload("3.0.0", "");
        assertThat(bad.statusCode()).isEqualTo(422);
        assertThat(bad.body()).contains("Refused.", "has no signature").doesNotContain("3.0.0");
        assertThat(platform.changes).containsExactly("install skill.jar");
    }

    @Test
    void aSkillThatAsksForPermissionsIsInstalledAfterConsentOnly() throws Exception {
        open("java", "");
        String page = upload("2.0.0 asks for files", "signed").body();
        assertThat(page)
                .contains("Allow Name 2.0.0 asks for files this?", "update from 1.0.0", "Publisher", "ab12")
                .contains("keeps texts of its own", "Allow and install");
        assertThat(platform.changes).isEmpty();
        assertThat(post("/skills/consent", "permissions=files&upload=guessed").body())
                .contains("Refused.", "no longer kept");
        Matcher upload =
                Pattern.compile("name=\"upload\" value=\"([0-9a-f]{32})\"").matcher(page);
        assertThat(upload.find()).isTrue();
        String form = "permissions=files&upload=" + upload.group(1);
        assertThat(post("/skills/consent", form).body())
                .contains("Name 2.0.0 asks for files by Publisher is installed.");
        assertThat(platform.changes).containsExactly("install skill.jar, allowed files");
        assertThat(post("/skills/consent", form).body()).as("once only").contains("no longer kept");
    }

    @Test
    void consentMeansWhatThePageShowed() throws Exception {
        open("java", "");
        Matcher upload = Pattern.compile("name=\"upload\" value=\"([0-9a-f]{32})\"")
                .matcher(upload("2.0.0 asks for files", "signed").body());
        assertThat(upload.find()).isTrue();
        assertThat(post("/skills/consent", "permissions=read_clock&upload=" + upload.group(1))
                        .body())
                .contains("Refused.", "files");
        assertThat(platform.changes).isEmpty();
    }

    private HttpResponse<String> upload(String jar, String signature) throws Exception {
        String field = "--b\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n" + csrf + "\r\n";
        return server.send(
                RunningServer.upload(server.open("/skills").header("Cookie", cookie), field, jar, signature));
    }

    @Test
    void aCommitIsRolledBackToAfterAskingOnce() throws Exception {
        open("java", "");
        platform.learner().cycle((stage, done, total) -> {});
        assertThat(get("/skills/java").body()).contains("name=\"commit\" value=\"c01.0.0\"", "Roll back");
        assertThat(get("/skills/java/roll-back?commit=c01.0.0").body()).contains("Roll back?", "c01.0.0");
        assertThat(platform.changes).isEmpty();
        HttpResponse<String> done = post("/skills/java/roll-back", "commit=c01.0.0&version=");
        assertThat(done.statusCode()).isEqualTo(303);
        assertThat(done.headers().firstValue("Location")).hasValue("/skills/java");
        assertThat(post("/skills/java/roll-back", "commit=&version=0.9.0").statusCode())
                .isEqualTo(303);
        assertThat(platform.changes).containsExactly("roll back to commit c01.0.0", "roll back to version 0.9.0");
        assertThat(post("/skills/java/roll-back", "commit=gone").body()).contains("There is no commit gone");
    }

    @Test
    void changesNeedTheFormsToken() throws Exception {
        open("java", "");
        csrf = "wrong";
        for (String path : List.of(
                "/skills",
                "/skills/consent",
                "/skills/java/roll-back",
                "/skills/java/remove",
                "/skills/java/cycle",
                "/publishers",
                "/publishers/ab12/remove")) {
            assertThat(post(path, "commit=c01.0.0").statusCode()).as(path).isEqualTo(403);
        }
        assertThat(platform.changes).isEmpty();
        assertThat(platform.learner().log()).hasSize(1);
    }

    @Test
    void cyclesRunLiveAndDrawTheCurve() throws Exception {
        open("java", "");
        String events = post("/skills/java/cycle", "count=3").body();
        assertThat(events).contains("event: progress\n", "event: cycle\n", "event: result\n");
        assertThat(get("/skills/java/curve").body()).startsWith("{\"position\":[1,2,3],\"personal\":[1.0,0.6666");
        assertThat(get("/").body()).contains("<polyline points=\"0.0,");
        assertThat(post("/skills/java/cycle", "count=x").statusCode()).isEqualTo(400);
    }

    @Test
    void removingKeepsWhatWasLearnedUnlessToldOtherwise() throws Exception {
        open("java", "");
        assertThat(post("/skills/java/remove", "").statusCode()).isEqualTo(303);
        assertThat(platform.changes).containsExactly("remove and KEEP");
        assertThat(get("/").body()).contains("No skill is installed yet");
    }

    @Test
    void publishersAreTrustedAndNoLongerTrusted() throws Exception {
        open("java", "");
        assertThat(post("/publishers", "pem=no").body()).contains("Refused.", "no certificate");
        assertThat(post("/publishers", "pem=" + Format.part("-----BEGIN CERTIFICATE-----\nx"))
                        .body())
                .contains("New publisher is trusted.");
        assertThat(post("/publishers/ab12/remove", "").body())
                .contains("no longer trusted")
                .doesNotContain(">Ada<");
    }

    @Test
    void theAuditPageSaysWhetherTheChainHolds() throws Exception {
        open("java", "");
        assertThat(get("/audit").body()).contains("chain verified", "signed in");
        audit.breakChain();
        assertThat(get("/audit").body())
                .contains("The chain is broken", "Entry 1")
                .doesNotContain("chain verified");
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
