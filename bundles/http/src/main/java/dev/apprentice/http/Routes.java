package dev.apprentice.http;

/** Where a bundle says what it answers. Paths may hold parameters as {@code {name}}, which never match a slash. */
public interface Routes {

    void get(String path, Access access, Handler handler);

    void post(String path, Access access, Handler handler);

    void delete(String path, Access access, Handler handler);

    /**
     * Serves files of a bundle to everyone.
     *
     * @param prefix such as {@code /assets/console}
     * @param loader class loader that finds the files
     * @param root folder in it; nothing outside is served
     */
    void assets(String prefix, ClassLoader loader, String root);

    /** Who may call a route. */
    enum Access {
        /** Anyone who reaches the server under its own name. */
        PUBLIC,
        /** A signed-in browser; posts carry the CSRF token as form field {@code _csrf} or header {@code X-CSRF-Token}. */
        BROWSER,
        /** A program with {@code Authorization: Bearer} and the API key. */
        API
    }

    /** Answers one request. Exceptions become error answers. */
    @FunctionalInterface
    interface Handler {
        void handle(Exchange exchange) throws Exception;
    }
}
