package dev.apprentice.llm.internal;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Root mean square normalisation of rows (arXiv 1910.07467).
 *
 * @param weight (length of a row) float32
 * @param trained where its gradient goes; null where it is frozen
 */
record Norm(MemorySegment weight, @Nullable Slice trained) {
    static Norm frozen(MemorySegment weight) {
        return new Norm(weight, null);
    }

    /** Over the values of a slice, trained. */
    static Norm trained(Slice slice, MemorySegment values) {
        return new Norm(slice.in(values), slice);
    }
}
