package dev.apprentice.signing.verify;

import org.jspecify.annotations.Nullable;

/** A signature, certificate or archive was refused; the message says what, where and what to do. */
public final class SigningException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Code code;

    public SigningException(Code code, String message) {
        this(code, message, null);
    }

    public SigningException(Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    /** Kind of refusal. */
    public enum Code {
        /** There is no signature. */
        UNSIGNED,
        /** The signature's structure is not what it must be. */
        MALFORMED,
        /** An algorithm that is not accepted. */
        ALGORITHM,
        /** The signature is not of this file. */
        WRONG_FILE,
        /** A certificate cannot be used, or not now. */
        CERTIFICATE,
        /** The signer is not trusted here. */
        UNTRUSTED,
        /** The archive could be read in more than one way, or is too large. */
        ARCHIVE,
        /** A key or certificate file cannot be read or written. */
        STORAGE,
        /** Verifying itself failed, which refuses too. */
        FAILED
    }
}
