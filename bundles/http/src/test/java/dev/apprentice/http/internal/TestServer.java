package dev.apprentice.http.internal;

import dev.apprentice.http.RouteContributor;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A real server on any port, asked through real sockets. */
final class TestServer implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 20_000;

    final Path home;
    final MemoryAudit audit = new MemoryAudit();
    final WebServer server;
    final URI url;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    TestServer(Path home, Limits limits, RouteContributor routes) {
        this.home = home;
        this.server = new WebServer(0, home, audit, limits);
        server.routes().add(routes);
        server.start();
        this.url = URI.create(server.url());
    }

    TestServer(Path home, RouteContributor routes) {
        this(home, Limits.DEFAULT, routes);
    }

    int port() {
        return url.getPort();
    }

    String key() throws IOException {
        return Files.readString(home.resolve("api-key")).strip();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(url.resolve(path)).timeout(Duration.ofMillis(TIMEOUT_MILLIS));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    /** Signs in; the cookie to send from now on. */
    String signIn() throws IOException, InterruptedException {
        HttpResponse<String> answer = post("/sign-in", "token=" + server.newSignInToken(), "");
        return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
    }

    HttpResponse<String> post(String path, String form, String cookie) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Cookie", cookie)
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    /** Sends the text as it is and reads until the server closes; the first line of the answer. */
    String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Status of a GET whose request line and host lines are given; the connection is closed after it. */
    int rawStatus(String target, String hostLines) throws IOException {
        String answer = raw("GET " + target + " HTTP/1.1\r\n" + hostLines + "Connection: close\r\n\r\n");
        return Integer.parseInt(answer.substring(9, 12));
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
