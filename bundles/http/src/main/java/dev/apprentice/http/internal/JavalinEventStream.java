package dev.apprentice.http.internal;

import dev.apprentice.http.EventStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Server-sent events, flushed one by one. */
final class JavalinEventStream implements EventStream {
    private final OutputStream out;
    private final Json json;
    private boolean gone;

    JavalinEventStream(HttpServletResponse response, Json json) {
        this.json = json;
        response.setStatus(200);
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("utf-8");
        try {
            out = response.getOutputStream();
            response.flushBuffer();
        } catch (IOException e) {
            throw new ClientGoneException(e);
        }
    }

    @Override
    public boolean send(String data) {
        return write("data: " + String.join("\ndata: ", data.split("\r\n|\r|\n", -1)) + "\n\n");
    }

    @Override
    public boolean send(String event, Object value) {
        return write("event: " + event + "\ndata: " + json.write(value) + "\n\n");
    }

    private boolean write(String text) {
        if (gone) {
            return false;
        }
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException _) {
            gone = true;
        }
        return !gone;
    }

    /** There is no one left to answer. */
    static final class ClientGoneException extends RuntimeException {
        private static final long serialVersionUID = 1;

        ClientGoneException(IOException cause) {
            super("The client has gone", cause);
        }
    }
}
