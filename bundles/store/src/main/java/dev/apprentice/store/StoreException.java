package dev.apprentice.store;

/** State could not be read or written; the message says what, where and what to do. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Code code;

    public StoreException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public StoreException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    /** Kind of fault. */
    public enum Code {
        DISK_FULL,
        CORRUPT,
        MISSING,
        FAILED
    }
}
