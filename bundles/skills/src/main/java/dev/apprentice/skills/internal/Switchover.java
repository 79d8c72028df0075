package dev.apprentice.skills.internal;

import dev.apprentice.learning.PreparedState;
import dev.apprentice.store.AuditEvent;
import org.jspecify.annotations.Nullable;

/** The last step of every install, update and rollback: bundle, rows and learned state change together, or not at all. */
final class Switchover {
    private final Shelf shelf;

    Switchover(Shelf shelf) {
        this.shelf = shelf;
    }

    /** Makes a checked version with its prepared learned state the one that serves. */
    void run(
            StoredVersion version,
            AdmittedSkill skill,
            byte[] jar,
            PreparedState state,
            AuditEvent event,
            String detail) {
        RunningSkill outgoing = shelf.running().get(version.id());
        RunningSkill incoming = outgoing != null && outgoing.version().jar().equals(version.jar())
                ? outgoing
                : shelf.bundles().start(version, skill, jar);
        try {
            shelf.store().inTransaction(connection -> {
                shelf.tables().install(connection, version);
                shelf.learning().activate(state);
                shelf.store().audit().append(event, version.id(), detail);
                shelf.store().afterCommit(() -> serve(incoming));
                return version;
            });
        } catch (RuntimeException | Error failure) {
            // A failure after the commit leaves the new version installed; only then does it serve already.
            if (shelf.running().get(version.id()) != incoming) {
                shelf.bundles().remove(incoming.bundle());
            }
            throw failure;
        }
        retire(outgoing, incoming);
    }

    private void serve(RunningSkill incoming) {
        shelf.running().put(incoming.version().id(), incoming);
        shelf.problems().remove(incoming.version().id());
    }

    private void retire(@Nullable RunningSkill outgoing, RunningSkill incoming) {
        if (outgoing != null && outgoing != incoming) {
            shelf.bundles().remove(outgoing.bundle());
        }
        shelf.tables().retainBlobs();
    }
}
