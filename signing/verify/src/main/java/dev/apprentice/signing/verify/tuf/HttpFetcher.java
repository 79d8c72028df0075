package dev.apprentice.signing.verify.tuf;

import dev.apprentice.signing.verify.tuf.TufException.Code;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** A repository behind HTTP. Redirections are not followed: the address that the user agreed to is the one that is asked. */
public final class HttpFetcher implements Fetcher {
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
     * @param silence longest wait for a connection or the next byte
     * @param grace time in which nothing need arrive
     * @param bytesPerSecond what must arrive on the average beyond that time
     */
    public record Patience(Duration silence, Duration grace, long bytesPerSecond) {
        static final Patience USUAL = new Patience(Duration.ofSeconds(10), Duration.ofSeconds(20), 1024);
    }

    @Override
    public InputStream open(String path, long offset) throws IOException {
        URI address = URI.create(base + path);
        HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setConnectTimeout((int) patience.silence.toMillis());
        connection.setReadTimeout((int) patience.silence.toMillis());
        if (offset > 0) {
            connection.setRequestProperty("Range", "bytes=" + offset + "-");
        }
        int status = connection.getResponseCode();
        switch (status) {
            case HttpURLConnection.HTTP_OK -> {
                InputStream body = new Steady(connection.getInputStream());
                // A server that knows no ranges sends the file from its beginning.
                body.skipNBytes(offset);
                return body;
            }
            case HttpURLConnection.HTTP_PARTIAL -> {
                return new Steady(connection.getInputStream());
            }
            // Object stores say "forbidden" of what is not there, unless all may list them.
            case HttpURLConnection.HTTP_NOT_FOUND, HttpURLConnection.HTTP_FORBIDDEN, HttpURLConnection.HTTP_GONE ->
                throw new TufException(
                        Code.NOT_FOUND, address + " is not there (status " + status + "): check the address");
            default ->
                throw new TufException(
                        Code.UNREACHABLE,
                        address + " answers with status " + status
                                + ": try again later, or give the address that it redirects to");
        }
    }

    /** Gives up on a server that keeps the connection alive and sends next to nothing. */
    private final class Steady extends FilterInputStream {
        private final long start = System.nanoTime();
        private long received;

        Steady(InputStream body) {
            super(body);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int count = read(one, 0, 1);
            return count < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = super.read(buffer, offset, length);
            received += Math.max(count, 0);
            Duration allowed = patience.grace.plusSeconds(received / patience.bytesPerSecond);
            if (count >= 0 && System.nanoTime() - start > allowed.toNanos()) {
                throw new TufException(
                        Code.UNREACHABLE,
                        base + " sent only " + received + " bytes in " + allowed
                                + ": try again later, or use another mirror");
            }
            return count;
        }

        @Override
        public long skip(long count) throws IOException {
            byte[] buffer = new byte[(int) Math.min(count, 8192)];
            return Math.max(read(buffer, 0, buffer.length), 0);
        }
    }
}
