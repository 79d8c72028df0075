package dev.apprentice.model;

/** Something about a model, an adapter or a request to them is wrong; the message says what, where and what to do. */
public final class ModelException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Code code;

    public ModelException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public ModelException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    /** Kind of fault. */
    public enum Code {
        /** A model file is missing, truncated, foreign or disagrees with another. */
        BAD_MODEL,
        /** An adapter does not fit the base or is malformed. */
        BAD_ADAPTER,
        /** A request asks for what cannot be done. */
        BAD_REQUEST
    }
}
