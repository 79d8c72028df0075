package dev.apprentice.skills.internal;

import dev.apprentice.skills.Revocations;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Revocations for other rooms: each change holds at once for the skills that are installed. */
final class RevokedVersions implements Revocations {
    private final RevocationTable table;
    private final Runnable recheck;

    RevokedVersions(RevocationTable table, Runnable recheck) {
        this.table = table;
        this.recheck = recheck;
    }

    @Override
    public void replace(String source, List<Revocation> revoked) {
        if (!Set.copyOf(revoked).equals(table.of(source))) {
            table.replace(source, revoked);
            recheck.run();
        }
    }

    @Override
    public Optional<Revocation> find(String id, String version) {
        return table.find(id, version);
    }
}
