package dev.apprentice.store;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;

/** Immutable files named by their content: {@code sha256:} and 64 hex digits. */
public interface Blobs {

    /** Stores the bytes durably (write, fsync, rename) and returns their digest; storing the same bytes again costs no space. */
    default String put(byte[] content) {
        return put(List.of(MemorySegment.ofArray(content)));
    }

    /** Stores parts, one after the other, as one blob, without a copy of them in memory. */
    String put(List<MemorySegment> parts);

    /**
     * Reads and checks a blob.
     *
     * @throws StoreException if it is missing or its content no longer has this digest
     */
    byte[] read(String digest);

    /**
     * Reads and checks a large blob where it lies on the disk, for as long as the arena lives.
     *
     * @throws StoreException if it is missing or its content no longer has this digest
     */
    MemorySegment map(String digest, Arena arena);

    /** Whether the blob is there; its content is not checked. */
    boolean contains(String digest);

    /** Says which of a room's blobs are in use; what no room uses and is older than an hour is swept at the next start. */
    void retain(String room, Set<String> digests);
}
