package dev.apprentice.http;

/** What other bundles may know of the server. */
public interface Server {
    /** Where it listens, such as {@code http://127.0.0.1:7070}. */
    String url();

    /** A new token that signs one browser in once, within ten minutes. */
    String newSignInToken();
}
