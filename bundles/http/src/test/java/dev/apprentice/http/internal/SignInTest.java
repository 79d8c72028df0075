package dev.apprentice.http.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.http.HttpException;
import dev.apprentice.http.Routes.Access;
import dev.apprentice.store.AuditEvent;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SignInTest {
    @TempDir
    Path home;

    @Test
    void theFirstTokenSignsInOnce() throws Exception {
        try (TestServer server = server()) {
            Path file = home.resolve("sign-in-token");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            String token = Files.readString(file).strip();
            assertThat(server.get("/sign-in?token=" + token).body()).contains(token);

            HttpResponse<String> answer = server.post("/sign-in", "token=" + token, "");
            assertThat(answer.statusCode()).isEqualTo(303);
            String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
            assertThat(cookie)
                    .contains("; HttpOnly", "; SameSite=Strict", "; Path=/")
                    .startsWith("apprentice-" + server.port());
            assertThat(page(server, cookie.split(";", 2)[0]).statusCode()).isEqualTo(200);

            assertThat(file).doesNotExist();
            assertThat(server.post("/sign-in", "token=" + token, "").statusCode())
                    .isEqualTo(403);
            assertThat(server.audit.events()).containsExactly(AuditEvent.SIGNED_IN, AuditEvent.SIGN_IN_REFUSED);
        }
    }

    @Test
    void strangersAreSentToSignIn() throws Exception {
        try (TestServer server = server()) {
            HttpResponse<String> page = server.send(server.request("/page").header("Accept", "text/html"));
            assertThat(page.statusCode()).isEqualTo(401);
            assertThat(page.body()).contains("apprentice token");
            assertThat(page(server, "apprentice-" + server.port() + "=guess").statusCode())
                    .isEqualTo(401);
            String cookie = server.signIn();
            assertThat(page(server, cookie + "; " + cookie).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void signingOutEndsTheSession() throws Exception {
        try (TestServer server = server()) {
            String cookie = server.signIn();
            String csrf = page(server, cookie).body().replace("\"", "");
            assertThat(server.post("/sign-out", "_csrf=" + csrf, cookie).statusCode())
                    .isEqualTo(303);
            assertThat(page(server, cookie).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void anotherSiteCannotSignIn() throws Exception {
        try (TestServer server = server()) {
            HttpRequest.Builder request = server.request("/sign-in")
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .header("Origin", "http://evil.example")
                    .POST(HttpRequest.BodyPublishers.ofString("token=" + server.server.newSignInToken()));
            assertThat(server.send(request).statusCode()).isEqualTo(403);
            assertThat(server.audit.events()).isEmpty();
        }
    }

    @Test
    void wrongTokensHaveToWaitLongerAndLonger() {
        MovableClock now = new MovableClock();
        MemoryAudit audit = new MemoryAudit();
        SignIn signIn = new SignIn(home, audit, now);
        String right = signIn.newToken();
        for (int i = 0; i < 3; i++) {
            assertRefused(signIn, 403);
        }
        for (int wait = 1; wait <= 64; wait *= 2) {
            assertRefused(signIn, 429);
            now.advance(Duration.ofSeconds(wait));
            assertRefused(signIn, 403);
        }
        now.advance(Duration.ofSeconds(64));
        signIn.redeem(right);
        assertThat(audit.events()).hasSize(11).endsWith(AuditEvent.SIGNED_IN);
    }

    @Test
    void tokensExpireAfterTenMinutes() {
        MovableClock now = new MovableClock();
        SignIn signIn = new SignIn(home, new MemoryAudit(), now);
        String token = signIn.newToken();
        now.advance(Duration.ofMinutes(10).plusSeconds(1));
        assertThatThrownBy(() -> signIn.redeem(token))
                .isInstanceOf(HttpException.class)
                .hasMessageContaining("expired");
    }

    @Test
    void sessionsEndAfterTwelveIdleHours() {
        MovableClock now = new MovableClock();
        Sessions sessions = new Sessions(now);
        String id = sessions.open().id();
        now.advance(Duration.ofHours(11));
        assertThat(sessions.find(id)).isPresent();
        now.advance(Duration.ofHours(11));
        assertThat(sessions.find(id)).isPresent();
        now.advance(Duration.ofHours(13));
        assertThat(sessions.find(id)).isEmpty();
    }

    private static void assertRefused(SignIn signIn, int status) {
        assertThatThrownBy(() -> signIn.redeem("wrong"))
                .isInstanceOfSatisfying(
                        HttpException.class, e -> assertThat(e.status()).isEqualTo(status));
    }

    private TestServer server() {
        return new TestServer(
                home,
                routes -> routes.get(
                        "/page", Access.BROWSER, exchange -> exchange.answerJson(200, exchange.csrfToken())));
    }

    private static HttpResponse<String> page(TestServer server, String cookie) throws Exception {
        return server.send(server.request("/page").header("Cookie", cookie));
    }

    /** A clock that moves only when told to. */
    private static final class MovableClock implements InstantSource {
        private Instant now = Instant.EPOCH;

        void advance(Duration duration) {
            now = now.plus(duration);
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
