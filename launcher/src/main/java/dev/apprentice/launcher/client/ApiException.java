package dev.apprentice.launcher.client;

/** The platform answered with an error; the message is meant for the user. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String code;

    ApiException(String code, String message) {
        super(message);
        this.code = code;
    }

    /** Short stable name of the error. */
    public String code() {
        return code;
    }
}
