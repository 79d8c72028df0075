package dev.apprentice.http.internal;

import dev.apprentice.http.EventStream;
import dev.apprentice.http.Exchange;
import dev.apprentice.http.HttpException;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request and its answer over Javalin's context; used by one thread at a time. */
final class JavalinExchange implements Exchange {
    private final Context context;
    private final Json json;
    private final Limits limits;
    private Map<String, String> parameters = Map.of();
    private @Nullable Session session;
    private byte @Nullable [] body;
    private @Nullable Multipart form;
    private boolean streaming;

    JavalinExchange(Context context, Json json, Limits limits) {
        this.context = context;
        this.json = json;
        this.limits = limits;
    }

    HttpServletRequest request() {
        return context.req();
    }

    /** Whether the status is sent already, so that no error page can follow. */
    boolean streaming() {
        return streaming;
    }

    void enter(Map<String, String> matched) {
        parameters = matched;
    }

    void enter(Session signedIn) {
        session = signedIn;
    }

    Optional<Session> session() {
        return Optional.ofNullable(session);
    }

    @Override
    public String pathParameter(String name) {
        String value = parameters.get(name);
        if (value == null) {
            throw new HttpException(500, "bad_route", "The route has no parameter " + name + ": mend the route");
        }
        return value;
    }

    @Override
    public Optional<String> query(String name) {
        String query = request().getQueryString();
        return Optional.ofNullable(FormFields.parse(query == null ? "" : query).get(name));
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(request().getHeader(name));
    }

    @Override
    public Optional<String> form(String name) {
        return Optional.ofNullable(form().fields().get(name));
    }

    @Override
    public List<Upload> uploads() {
        return List.copyOf(form().uploads());
    }

    private Multipart form() {
        if (form == null) {
            String type = Optional.ofNullable(request().getContentType()).orElse("");
            if (type.startsWith("multipart/form-data")) {
                form = Multipart.parse(type, body());
            } else if (type.startsWith("application/x-www-form-urlencoded")) {
                form = new Multipart(FormFields.parse(new String(body(), StandardCharsets.UTF_8)), List.of());
            } else {
                form = new Multipart(Map.of(), List.of());
            }
        }
        return form;
    }

    @Override
    public byte[] body() {
        if (body == null) {
            body = Body.read(request(), limits);
        }
        return body;
    }

    @Override
    public <T> T json(Class<T> type) {
        String declared = Optional.ofNullable(request().getContentType()).orElse("");
        if (!declared.startsWith("application/json")) {
            throw new HttpException(415, "not_json", "The body must be JSON: send Content-Type: application/json");
        }
        return json.read(body(), type);
    }

    @Override
    public String csrfToken() {
        return session == null ? "" : session.csrfToken();
    }

    @Override
    public void answerHeader(String name, String value) {
        context.header(name, value);
    }

    @Override
    public void answerJson(int status, Object value) {
        answer(status, "application/json", json.write(value).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void answerHtml(int status, String html) {
        answer(status, "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void redirect(String path) {
        if (!path.startsWith("/") || path.startsWith("//") || path.contains("\\")) {
            throw new HttpException(500, "bad_route", "Only paths of this server are redirected to: mend the route");
        }
        context.header("Location", path);
        answer(303, "text/plain; charset=utf-8", new byte[0]);
    }

    @Override
    public EventStream events() {
        streaming = true;
        return new JavalinEventStream(context.res(), json);
    }

    /** A file that may be kept, but is asked for again each time. */
    void answerAsset(String type, byte[] content) {
        String tag = "\"" + sha256(content) + "\"";
        context.header("Cache-Control", "no-cache").header("ETag", tag);
        boolean known = tag.equals(request().getHeader("If-None-Match"));
        answer(known ? 304 : 200, type, known ? new byte[0] : content);
    }

    private void answer(int status, String type, byte[] content) {
        context.status(status).contentType(type).result(content);
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java has SHA-256", e);
        }
    }
}
