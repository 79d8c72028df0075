package dev.apprentice.signing.verify.tuf;

import dev.apprentice.signing.verify.tuf.TufException.Code;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whose signatures make a role's metadata good (section 4.3).
 *
 * @param keys those that the role names and that its delegator describes, by id
 * @param threshold how many distinct keys must have signed
 */
public record RoleKeys(Map<String, TufKey> keys, int threshold) {

    static RoleKeys read(Fields role, Map<String, TufKey> described) {
        List<String> ids = role.texts("keyids");
        if (new HashSet<>(ids).size() != ids.size()) {
            throw role.fault("names a key twice");
        }
        Map<String, TufKey> keys = new LinkedHashMap<>();
        for (String id : ids) {
            TufKey key = described.get(id);
            if (key != null) {
                keys.put(id, key);
            }
        }
        return new RoleKeys(Map.copyOf(keys), (int) role.number("threshold", 1, Integer.MAX_VALUE));
    }

    /**
     * Checks signatures (section 5.3.4 and its like).
     *
     * @throws TufException with code SIGNATURES if fewer distinct keys than the threshold have signed
     */
    public void verify(Signed<?> metadata, String role) {
        Set<String> good = new HashSet<>();
        metadata.signatures().forEach((id, signature) -> {
            TufKey key = keys.get(id);
            if (key != null && key.verifies(metadata.canonical(), signature)) {
                good.add(key.identity());
            }
        });
        if (good.size() < threshold) {
            throw new TufException(
                    Code.SIGNATURES,
                    "The " + role + " metadata has good signatures by " + good.size() + " of the " + threshold
                            + " keys it needs: someone changed it, or the repository signs with other keys than it"
                            + " announced; do not go on, ask its owner");
        }
    }

    /** Whether a key was taken away, or the threshold changed, from this to the next: the sign of a recovery (section 5.3.11). */
    boolean rotatedTo(RoleKeys next) {
        return threshold != next.threshold || !next.keys.keySet().containsAll(keys.keySet());
    }
}
