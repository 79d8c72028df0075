package dev.apprentice.http;

import java.util.List;
import java.util.Optional;

/** One request and its answer. Reads throw {@link HttpException} 400 where something needed is missing or malformed. */
public interface Exchange {

    /** A parameter of the path. */
    String pathParameter(String name);

    Optional<String> query(String name);

    Optional<String> header(String name);

    /** A field of a posted form. */
    Optional<String> form(String name);

    /** The files of a multipart form, in order; held in memory up to the server's limit. */
    List<Upload> uploads();

    byte[] body();

    /** The body as JSON; unknown properties are ignored, wrong types refused. */
    <T> T json(Class<T> type);

    /** Token that this browser's forms must send; empty outside a session. */
    String csrfToken();

    /** Sets a header of the answer, before the answer begins. */
    void answerHeader(String name, String value);

    void answerJson(int status, Object value);

    void answerHtml(int status, String html);

    /** 303 to a path of this server. */
    void redirect(String path);

    /** Begins a stream of server-sent events. */
    EventStream events();

    /** A file of a form. */
    record Upload(String field, String fileName, byte[] content) {}
}
