package dev.apprentice.market.internal;

import dev.apprentice.market.MarketException;
import dev.apprentice.market.MarketException.Code;
import dev.apprentice.signing.verify.SigningException;
import dev.apprentice.signing.verify.tuf.TufException;
import java.io.IOException;
import java.nio.file.Path;

/** Says of refusals by others which marketplace they concern. */
final class Refusal {
    private Refusal() {}

    static MarketException of(String market, TufException refusal) {
        Code code = switch (refusal.code()) {
            case NOT_FOUND -> Code.NOT_FOUND;
            case UNREACHABLE -> Code.UNREACHABLE;
            case STORAGE, NOT_INITIALIZED -> Code.FAILED;
            case MALFORMED, SIGNATURES, EXPIRED, ROLLBACK, MISMATCH, LIMIT -> Code.REFUSED;
        };
        return new MarketException(code, "Marketplace " + market + ": " + refusal.getMessage(), refusal);
    }

    static MarketException of(String market, SigningException refusal) {
        Code code = refusal.code() == SigningException.Code.STORAGE ? Code.FAILED : Code.REFUSED;
        return new MarketException(code, "Marketplace " + market + ": " + refusal.getMessage(), refusal);
    }

    static MarketException storage(Path file, IOException cause) {
        return new MarketException(
                Code.FAILED, file + " cannot be read or written: check space and permissions", cause);
    }
}
