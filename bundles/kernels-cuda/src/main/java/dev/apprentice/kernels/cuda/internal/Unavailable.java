package dev.apprentice.kernels.cuda.internal;

import org.jspecify.annotations.Nullable;

/** Why no GPU can be used here; the message says what would change it. */
public final class Unavailable extends Exception {
    private static final long serialVersionUID = 1;

    Unavailable(String reason, @Nullable Throwable cause) {
        super(reason, cause);
    }
}
