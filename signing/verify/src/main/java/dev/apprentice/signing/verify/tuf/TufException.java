package dev.apprentice.signing.verify.tuf;

import org.jspecify.annotations.Nullable;

/** Metadata or a target was refused; the message says what, where and what to do. What was trusted before still is. */
public final class TufException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Code code;

    public TufException(Code code, String message) {
        this(code, message, null);
    }

    public TufException(Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    /** Kind of refusal. */
    public enum Code {
        /** Metadata that is not of the form the specification gives. */
        MALFORMED,
        /** Fewer good signatures by distinct keys than the role's threshold. */
        SIGNATURES,
        /** Metadata whose time has passed: the repository is not kept up, or someone withholds its news. */
        EXPIRED,
        /** An older version than one that was trusted, or a role that has vanished. */
        ROLLBACK,
        /** Another version, length or hash than the metadata above says. */
        MISMATCH,
        /** The repository has no such file, or no role vouches for such a target. */
        NOT_FOUND,
        /** The repository cannot be reached, is too slow, or answers with an error. */
        UNREACHABLE,
        /** The repository sends more than can be accepted. */
        LIMIT,
        /** A local file cannot be read or written. */
        STORAGE,
        /** There is no trusted root to begin with. */
        NOT_INITIALIZED,
        /** Checking itself failed, which refuses too. */
        FAILED
    }
}
