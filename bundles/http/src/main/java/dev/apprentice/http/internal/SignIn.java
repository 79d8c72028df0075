package dev.apprentice.http.internal;

import dev.apprentice.http.HttpException;
import dev.apprentice.store.AuditEvent;
import dev.apprentice.store.AuditLog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Exchanges one-time tokens for sessions. After a few wrong tokens each next try has to wait twice as long. */
final class SignIn {
    private static final Duration LIFETIME = Duration.ofMinutes(10);
    private static final int FREE_TRIES = 3;
    private static final int LONGEST_WAIT_SECONDS = 64;
    private static final int MOST_TOKENS = 16;

    private final Path file;
    private final AuditLog audit;
    private final InstantSource clock;
    private final List<Token> tokens = new ArrayList<>();
    private int failures;
    private Instant notBefore = Instant.MIN;

    SignIn(Path home, AuditLog audit, InstantSource clock) {
        this.file = home.resolve("sign-in-token");
        this.audit = audit;
        this.clock = clock;
    }

    /** A token that holds until it is used, for the owner of the home folder. */
    synchronized String firstToken() {
        String value = Secrets.random();
        tokens.add(new Token(value, Instant.MAX));
        PrivateFiles.write(file, value + "\n");
        return value;
    }

    synchronized String newToken() {
        Instant now = clock.instant();
        tokens.removeIf(token -> token.expires.isBefore(now));
        if (tokens.size() == MOST_TOKENS) {
            tokens.removeFirst();
        }
        String value = Secrets.random();
        tokens.add(new Token(value, now.plus(LIFETIME)));
        return value;
    }

    /** Uses the token up; throws if it is wrong or if it is too early to try again. */
    synchronized void redeem(String value) {
        Instant now = clock.instant();
        if (now.isBefore(notBefore)) {
            long seconds = Duration.between(now, notBefore).toSeconds() + 1;
            throw new HttpException(
                    429, "too_many_tries", "Too many wrong tokens: wait " + seconds + " seconds and try again");
        }
        tokens.removeIf(token -> token.expires.isBefore(now));
        Token right = null;
        for (Token token : tokens) {
            right = Secrets.same(token.value, value) ? token : right;
        }
        if (right == null) {
            refuse(now);
            throw new HttpException(
                    403,
                    "wrong_token",
                    "This token is unknown, used or expired: run \"apprentice token\" for a new one");
        }
        tokens.remove(right);
        failures = 0;
        if (right.expires.equals(Instant.MAX)) {
            PrivateFiles.delete(file);
        }
        audit.append(AuditEvent.SIGNED_IN, "browser", "with a one-time token");
    }

    private void refuse(Instant now) {
        failures++;
        if (failures >= FREE_TRIES) {
            int exponent = Math.min(failures - FREE_TRIES, Integer.numberOfTrailingZeros(LONGEST_WAIT_SECONDS));
            notBefore = now.plusSeconds(1L << exponent);
        }
        audit.append(AuditEvent.SIGN_IN_REFUSED, "browser", "wrong token, " + failures + " in a row");
    }

    void close() {
        PrivateFiles.delete(file);
    }

    private record Token(String value, Instant expires) {}
}
