package dev.apprentice.store;

import java.util.Set;

/** Immutable files named by their content: {@code sha256:} and 64 hex digits. */
public interface Blobs {

    /** Stores the bytes durably (write, fsync, rename) and returns their digest; storing the same bytes again costs no space. */
    String put(byte[] content);

    /**
     * Reads and checks a blob.
     *
     * @throws StoreException if it is missing or its content no longer has this digest
     */
    byte[] read(String digest);

    /** Whether the blob is there; its content is not checked. */
    boolean contains(String digest);

    /** Says which of a room's blobs are in use; what no room uses and is older than an hour is swept at the next start. */
    void retain(String room, Set<String> digests);
}
