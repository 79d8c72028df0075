package dev.apprentice.market;

import org.jspecify.annotations.Nullable;

/** A marketplace or something of it was refused; the message says what, where and what to do. Nothing has changed. */
public final class MarketException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Code code;

    public MarketException(Code code, String message) {
        this(code, message, null);
    }

    public MarketException(Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    /** Kind of refusal. */
    public enum Code {
        /** What was asked for cannot be understood. */
        BAD_REQUEST,
        /** No such marketplace, skill or version. */
        NOT_FOUND,
        /** There is a marketplace of this name, or several skills are meant by one id. */
        AMBIGUOUS,
        /** Metadata, a file or a signature is not what it must be. */
        REFUSED,
        /** The publisher is not trusted here. */
        UNTRUSTED,
        /** No version offered fits the base model here. */
        INCOMPATIBLE,
        /** The version must no longer run. */
        REVOKED,
        /** No address answers. */
        UNREACHABLE,
        /** A local file cannot be read or written. */
        FAILED
    }
}
