package dev.apprentice.algebra.nd4j.internal;

import org.jspecify.annotations.Nullable;

/** Algebra could not be done; the message says what, on what and what to do. */
final class AlgebraException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Code code;

    AlgebraException(Code code, String message) {
        this(code, message, null);
    }

    AlgebraException(Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    Code code() {
        return code;
    }

    /** Kind of failure. */
    enum Code {
        /** ND4J's native libraries are missing or do not run here. */
        NATIVES,
        /** A vector is not native memory of floats, is closed, or is as long as it should not be. */
        VECTOR,
        /** Rows of features that no detector can be fitted to or asked about. */
        FEATURES
    }
}
