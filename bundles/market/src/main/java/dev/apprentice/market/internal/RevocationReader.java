package dev.apprentice.market.internal;

import dev.apprentice.market.MarketException;
import dev.apprentice.market.MarketException.Code;
import dev.apprentice.signing.verify.tuf.StrictJson;
import dev.apprentice.signing.verify.tuf.TufException;
import dev.apprentice.skills.Revocations.Revocation;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads {@code revocations.json}. An entry without id or version can stop nothing; it is left out and hides no other. */
final class RevocationReader {
    private static final int LONGEST_REASON = 500;

    private RevocationReader() {}

    static List<Revocation> read(String market, byte[] json) {
        JsonNode list;
        try {
            list = StrictJson.parse("revocations.json", json).path("revoked");
        } catch (TufException refusal) {
            throw Refusal.of(market, refusal);
        }
        if (!list.isArray()) {
            throw new MarketException(
                    Code.REFUSED,
                    "Marketplace " + market + ": revocations.json holds no list: its owner must publish it again");
        }
        List<Revocation> revoked = new ArrayList<>();
        for (JsonNode entry : list) {
            JsonNode id = entry.path("id");
            JsonNode version = entry.path("version");
            if (id.isString() && version.isString()) {
                String reason = EntryReader.clean(entry.path("reason").asString(""), LONGEST_REASON);
                revoked.add(new Revocation(
                        id.stringValue(), version.stringValue(), reason.isEmpty() ? "no reason is given" : reason));
            }
        }
        return List.copyOf(revoked);
    }
}
