package dev.apprentice.launcher;

import org.jspecify.annotations.Nullable;

/** The platform could not be started or reached; the message says what, where and what to do. */
public final class LauncherException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LauncherException(String message) {
        super(message);
    }

    public LauncherException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
