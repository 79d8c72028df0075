package dev.apprentice.market.internal;

import dev.apprentice.market.MarketException;
import dev.apprentice.market.MarketException.Code;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.tuf.TufException;
import java.io.IOException;
import java.nio.file.Path;

/** Says of refusals by others which marketplace they concern. They may quote what a marketplace says, so they are cleaned. */
final class Refusal {
    private static final int LONGEST = 2000;

    private Refusal() {}

    static MarketException of(String market, TufException refusal) {
        Code code = switch (refusal.code()) {
            case NOT_FOUND -> Code.NOT_FOUND;
            case UNREACHABLE -> Code.UNREACHABLE;
            case STORAGE, NOT_INITIALIZED, FAILED -> Code.FAILED;
            case MALFORMED, SIGNATURES, EXPIRED, ROLLBACK, MISMATCH, LIMIT -> Code.REFUSED;
        };
        return new MarketException(code, message(market, refusal), refusal);
    }

    private static String message(String market, RuntimeException refusal) {
        return EntryReader.clean("Marketplace " + market + ": " + refusal.getMessage(), LONGEST);
    }

    static MarketException of(String market, SigningException refusal) {
        Code code = refusal.code() == SigningException.Code.STORAGE ? Code.FAILED : Code.REFUSED;
        return new MarketException(code, message(market, refusal), refusal);
    }

    static MarketException storage(Path file, IOException cause) {
        return new MarketException(
                Code.FAILED, file + " cannot be read or written: check space and permissions", cause);
    }
}
