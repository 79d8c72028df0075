package dev.apprentice.http;

/** A request that is answered with an error; the message is for its sender. */
public final class HttpException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;

    /**
     * @param status HTTP status, 400 or above
     * @param code short stable name such as {@code not_found}
     */
    public HttpException(int status, String code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }
}
