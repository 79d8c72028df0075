package dev.apprentice.signing.verify.tuf;

import dev.apprentice.signing.verify.tuf.TufException.Code;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A repository behind HTTP. Redirections are not followed: the address that the user agreed to is the one that is asked. */
public final class HttpFetcher implements Fetcher {
    private static final System.Logger LOGGER = System.getLogger(HttpFetcher.class.getName());
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Patience.USUAL.silence)
            .build();

    private final URI base;
    private final Patience patience;

    /** Files under this address. */
    public HttpFetcher(URI base) {
        this(base, Patience.USUAL);
    }

    /** Files under this address, waiting only so long. */
    public HttpFetcher(URI base, Patience patience) {
        String scheme = String.valueOf(base.getScheme());
        if (!List.of("http", "https").contains(scheme) || base.getHost() == null) {
            throw new TufException(Code.UNREACHABLE, base + " is no address of HTTP: give one like https://host/path/");
        }
        this.base = base.toString().endsWith("/") ? base : URI.create(base + "/");
        this.patience = patience;
    }

    /**
     * How long a slow server is borne with.
     *
     * @param silence longest wait for the next byte
     * @param grace time in which nothing need arrive; the head of an answer must come within both together
     * @param bytesPerSecond what must arrive on the average beyond that time
     */
    public record Patience(Duration silence, Duration grace, long bytesPerSecond) {
        static final Patience USUAL = new Patience(Duration.ofSeconds(10), Duration.ofSeconds(20), 1024);
    }

    @Override
    public InputStream open(String path, long offset) throws IOException {
        URI address = URI.create(base + path);
        HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(patience.grace.plus(patience.silence));
        if (offset > 0) {
            request.header("Range", "bytes=" + offset + "-");
        }
        HttpResponse<InputStream> response = send(request.build());
        switch (response.statusCode()) {
            case HttpURLConnection.HTTP_OK -> {
                InputStream body = new Steady(response.body());
                // A server that knows no ranges sends the file from its beginning.
                body.skipNBytes(offset);
                return body;
            }
            case HttpURLConnection.HTTP_PARTIAL -> {
                return new Steady(response.body());
            }
            default -> {
                response.body().close();
                throw refusal(address, response.statusCode());
            }
        }
    }

    private static HttpResponse<InputStream> send(HttpRequest request) throws IOException {
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the transfer was interrupted");
        }
    }

    private static TufException refusal(URI address, int status) {
        return switch (status) {
            // Object stores say "forbidden" of what is not there, unless all may list them.
            case HttpURLConnection.HTTP_NOT_FOUND, HttpURLConnection.HTTP_FORBIDDEN, HttpURLConnection.HTTP_GONE ->
                new TufException(Code.NOT_FOUND, address + " is not there (status " + status + "): check the address");
            default ->
                new TufException(
                        Code.UNREACHABLE,
                        address + " answers with status " + status
                                + ": try again later, or give the address that it redirects to");
        };
    }

    /**
     * Gives up on a server that keeps the connection alive and sends next to nothing. The time is kept by a thread of its own,
     * since a single read waits as long as a server draws out what frames the bytes.
     */
    private final class Steady extends FilterInputStream {
        private final long start = System.nanoTime();
        private final Thread watch;
        private volatile long last = start;
        private volatile long received;
        private volatile boolean givenUp;

        Steady(InputStream body) {
            super(body);
            watch = Thread.ofVirtual().name("patience").start(this::watch);
        }

        private void watch() {
            try {
                for (long left = left(); left > 0; left = left()) {
                    TimeUnit.NANOSECONDS.sleep(left);
                }
                givenUp = true;
                in.close();
            } catch (InterruptedException _) {
                // The transfer has ended.
            } catch (IOException e) {
                LOGGER.log(System.Logger.Level.DEBUG, "A connection that was given up could not be closed", e);
            }
        }

        /** Nanoseconds until the patience ends, unless more arrives. */
        private long left() {
            long silence = last + patience.silence.toNanos();
            long pace = start + allowed().toNanos();
            return Math.min(silence, pace) - System.nanoTime();
        }

        private Duration allowed() {
            return patience.grace.plusSeconds(received / patience.bytesPerSecond);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int count = read(one, 0, 1);
            return count < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
                int count = super.read(buffer, offset, length);
                if (count < 0 && givenUp) {
                    throw tooSlow(null);
                }
                last = System.nanoTime();
                received = received + Math.max(count, 0);
                return count;
            } catch (IOException e) {
                if (givenUp) {
                    throw tooSlow(e);
                }
                throw e;
            }
        }

        private TufException tooSlow(@Nullable IOException cause) {
            return new TufException(
                    Code.UNREACHABLE,
                    base + " sent only " + received + " bytes in "
                            + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)
                            + " ms: try again later, or use another mirror",
                    cause);
        }

        @Override
        public long skip(long count) throws IOException {
            byte[] buffer = new byte[(int) Math.min(count, 8192)];
            return Math.max(read(buffer, 0, buffer.length), 0);
        }

        @Override
        public void close() throws IOException {
            watch.interrupt();
            super.close();
        }
    }
}
