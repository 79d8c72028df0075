package dev.apprentice.store;

import java.util.List;

/** What was done to installed and learned state, in a chain of hashes: no entry can be changed or dropped unseen. */
public interface AuditLog {

    /** Appends an entry, in the transaction under way if there is one. */
    void append(AuditEvent event, String subject, String detail);

    /** The newest entries first. */
    List<AuditEntry> latest(int limit);

    /**
     * Checks the whole chain.
     *
     * @throws StoreException naming the first entry that does not fit
     */
    void verify();
}
