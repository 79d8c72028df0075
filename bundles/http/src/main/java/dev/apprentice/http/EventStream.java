package dev.apprentice.http;

/** Server-sent events to one client; not for several threads at once. */
public interface EventStream {
    /** Sends {@code data: …} without a name; false once the client has gone. */
    boolean send(String data);

    /** Sends a named event whose data is the value as JSON; false once the client has gone. */
    boolean send(String event, Object value);
}
