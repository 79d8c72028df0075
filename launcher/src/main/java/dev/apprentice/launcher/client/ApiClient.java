package dev.apprentice.launcher.client;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls the HTTP API of one running platform. Safe for several threads. */
public final class ApiClient {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final URI base;
    private final String key;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    public ApiClient(URI base, String key) {
        this.base = base;
        this.key = key;
    }

    public URI base() {
        return base;
    }

    public JsonNode get(String path) {
        return json(request(path).GET());
    }

    public JsonNode delete(String path) {
        return json(request(path).DELETE());
    }

    public JsonNode post(String path, Object body) {
        return json(posting(path, body));
    }

    /** Posts text as it is, such as a certificate. */
    public JsonNode postText(String path, String text) {
        return json(request(path).header("Content-Type", "text/plain").POST(BodyPublishers.ofString(text)));
    }

    /** Uploads a skill that asks for no permission, or for none that is new. */
    public JsonNode install(String fileName, byte[] jar, byte[] signature) {
        return install(fileName, jar, signature, List.of());
    }

    /**
     * Uploads a skill; an empty signature is not sent.
     *
     * @param allowed the permissions that the user agrees to
     */
    public JsonNode install(String fileName, byte[] jar, byte[] signature, List<String> allowed) {
        String boundary = UUID.randomUUID().toString();
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        part(form, boundary, "jar", fileName, jar);
        if (signature.length > 0) {
            part(form, boundary, "signature", fileName + ".p7s", signature);
        }
        if (!allowed.isEmpty()) {
            String field = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"allow\"\r\n\r\n"
                    + String.join(",", allowed) + "\r\n";
            form.writeBytes(field.getBytes(StandardCharsets.UTF_8));
        }
        form.writeBytes(("--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
        return json(request("/api/skills")
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(BodyPublishers.ofByteArray(form.toByteArray())));
    }

    private static void part(
            ByteArrayOutputStream form, String boundary, String field, String fileName, byte[] content) {
        String safeName = fileName.replaceAll("[\"\\r\\n]", "_");
        form.writeBytes(("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + field + "\"; filename=\""
                        + safeName + "\"\r\nContent-Type: application/octet-stream\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        form.writeBytes(content);
        form.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Starts long work and hears of it by server-sent events.
     *
     * @param heard called with the name and data of each event before the last
     * @return the data of the event {@code result}
     */
    public JsonNode work(String path, Object body, BiConsumer<String, JsonNode> heard) {
        HttpResponse<InputStream> response = send(posting(path, body));
        try (BufferedReader lines = reader(response)) {
            String event = "message";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event:")) {
                    event = line.substring("event:".length()).strip();
                } else if (line.startsWith("data:")) {
                    JsonNode data = JSON.readTree(line.substring("data:".length()));
                    if (event.equals("result")) {
                        return data;
                    }
                    if (event.equals("error")) {
                        throw new ApiException(
                                data.path("code").asString("failed"),
                                data.path("message").asString("The work failed"));
                    }
                    heard.accept(event, data);
                }
            }
        } catch (IOException e) {
            throw lost(e);
        }
        throw new ApiException("interrupted", "The platform ended " + path + " without a result: see its log");
    }

    /** Streams a completion of the OpenAI kind; returns its last chunk. */
    public JsonNode complete(Object body, Consumer<String> text) {
        JsonNode last = JSON.createObjectNode();
        boolean done = false;
        try (BufferedReader lines = reader(send(posting("/v1/completions", body)))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("data: [DONE]")) {
                    done = true;
                } else if (line.startsWith("data:")) {
                    last = JSON.readTree(line.substring("data:".length()));
                    text.accept(last.path("choices").path(0).path("text").asString(""));
                }
            }
        } catch (IOException e) {
            throw lost(e);
        }
        if (!done) {
            throw new ApiException("interrupted", "The completion ended before it was done: see the platform's log");
        }
        return last;
    }

    private BufferedReader reader(HttpResponse<InputStream> response) {
        if (response.statusCode() >= 400) {
            throw failure(response);
        }
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    private JsonNode json(HttpRequest.Builder request) {
        HttpResponse<InputStream> response = send(request);
        if (response.statusCode() >= 400) {
            throw failure(response);
        }
        try (InputStream body = response.body()) {
            byte[] bytes = body.readAllBytes();
            return bytes.length == 0 ? JSON.createObjectNode() : JSON.readTree(bytes);
        } catch (IOException e) {
            throw lost(e);
        }
    }

    private static ApiException failure(HttpResponse<InputStream> response) {
        try (InputStream body = response.body()) {
            JsonNode error = JSON.readTree(body.readAllBytes()).path("error");
            return new ApiException(
                    error.path("code").asString("http_" + response.statusCode()),
                    error.path("message").asString("The platform answered " + response.statusCode()));
        } catch (IOException | JacksonException e) {
            return new ApiException(
                    "http_" + response.statusCode(),
                    "The platform answered " + response.statusCode() + " without saying why");
        }
    }

    private HttpResponse<InputStream> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofInputStream());
        } catch (ConnectException e) {
            throw new ApiException("not_running", "Nothing answers at " + base + ": start it with 'apprentice start'");
        } catch (IOException e) {
            throw lost(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException("interrupted", "The call was interrupted");
        }
    }

    private ApiException lost(IOException e) {
        return new ApiException(
                "connection_lost", "The connection to " + base + " broke (" + e.getMessage() + "): see its log");
    }

    private HttpRequest.Builder posting(String path, Object body) {
        return request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).header("Authorization", "Bearer " + key);
    }
}
