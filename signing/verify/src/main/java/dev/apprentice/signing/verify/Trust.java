package dev.apprentice.signing.verify;

import java.util.Optional;

/** Whom a verifier believes. */
@FunctionalInterface
public interface Trust {
    /** The publisher or authority with this fingerprint, if it is believed. */
    Optional<TrustedPublisher> find(String fingerprint);

    /** Believes one publisher alone. */
    static Trust only(TrustedPublisher publisher) {
        return fingerprint ->
                Optional.of(publisher).filter(one -> one.fingerprint().equals(fingerprint));
    }
}
