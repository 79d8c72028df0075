package dev.apprentice.http.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.http.EventStream;
import dev.apprentice.http.Routes.Access;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EventsTest {
    private static final Limits IMPATIENT = new Limits(1000, 1000, Duration.ofSeconds(1), Duration.ofMillis(300), 8);

    @TempDir
    Path home;

    @Test
    void eventsArriveAsServerSentEvents() throws Exception {
        try (TestServer server = new TestServer(
                home,
                routes -> routes.get("/events", Access.PUBLIC, exchange -> {
                    EventStream events = exchange.events();
                    assertThat(events.send("plain")).isTrue();
                    assertThat(events.send("two\nlines")).isTrue();
                    assertThat(events.send("named", Map.of("text", "a\nb"))).isTrue();
                }))) {
            HttpResponse<String> answer = server.get("/events");
            assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
            assertThat(answer.body())
                    .isEqualTo("data: plain\n\ndata: two\ndata: lines\n\nevent: named\ndata: {\"text\":\"a\\nb\"}\n\n");
        }
    }

    @Test
    void workMayTakeLongerThanAConnectionMayIdle() throws Exception {
        try (TestServer server = new TestServer(home, IMPATIENT, routes -> {
            routes.get("/slow", Access.PUBLIC, exchange -> {
                Thread.sleep(1200);
                exchange.answerJson(200, "done");
            });
            routes.get("/slow-events", Access.PUBLIC, exchange -> {
                EventStream events = exchange.events();
                events.send("begun");
                Thread.sleep(1200);
                events.send("done");
            });
        })) {
            assertThat(server.get("/slow").body()).isEqualTo("\"done\"");
            assertThat(server.get("/slow-events").body()).isEqualTo("data: begun\n\ndata: done\n\n");
        }
    }

    @Test
    void aClientThatHasGoneIsNoticed() throws Exception {
        CountDownLatch noticed = new CountDownLatch(1);
        try (TestServer server = new TestServer(
                home,
                routes -> routes.get("/events", Access.PUBLIC, exchange -> {
                    EventStream events = exchange.events();
                    while (events.send("more")) {
                        Thread.sleep(10);
                    }
                    noticed.countDown();
                }))) {
            try (Socket socket = new Socket("127.0.0.1", server.port())) {
                socket.getOutputStream()
                        .write(("GET /events HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().readNBytes(20)).hasSize(20);
            }
            assertThat(noticed.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void idleConnectionsDoNotKeepOthersOut() throws Exception {
        List<Socket> idle = new ArrayList<>();
        try (TestServer server = new TestServer(
                home, routes -> routes.get("/open", Access.PUBLIC, exchange -> exchange.answerJson(200, 1)))) {
            int threads = Thread.activeCount();
            for (int i = 0; i < 1000; i++) {
                idle.add(new Socket("127.0.0.1", server.port()));
            }
            assertThat(server.get("/open").statusCode()).isEqualTo(200);
            assertThat(Thread.activeCount() - threads).isLessThan(50);
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void tooManyRequestsAtOnceAreToldToWait() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(8);
        try (TestServer server = new TestServer(home, IMPATIENT, routes -> {
            routes.get("/hold", Access.PUBLIC, exchange -> {
                begun.countDown();
                release.await();
                exchange.answerJson(200, 1);
            });
        })) {
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                callers.add(Thread.ofVirtual().start(() -> {
                    try {
                        server.get("/hold");
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }));
            }
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(server.get("/hold").statusCode()).isEqualTo(503);
            release.countDown();
            for (Thread caller : callers) {
                caller.join();
            }
        }
    }
}
