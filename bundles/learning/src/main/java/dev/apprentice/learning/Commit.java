package dev.apprentice.learning;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One immutable state of a skill's learning.
 *
 * @param id SHA-256 hex over everything else
 * @param parent the commit it came from; null for the first
 * @param cycle number of cycles that led here
 * @param experiences number of experiences learned from so far
 * @param validation what the gate measured; null where no cycle made this commit
 * @param restorable whether its tensors are still kept
 */
public record Commit(
        String id,
        String skillId,
        String skillVersion,
        @Nullable String parent,
        Kind kind,
        Instant time,
        int cycle,
        long experiences,
        String adapterDigest,
        @Nullable Validation validation,
        boolean restorable) {

    /** How a commit came about. */
    public enum Kind {
        INSTALLED,
        LEARNED,
        REBASED,
        /** Its adapter was learned elsewhere. */
        IMPORTED
    }
}
