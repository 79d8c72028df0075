package dev.apprentice.kernels.cuda.internal;

import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/** Where copies of weights lie. */
interface WeightMemory {
    /** The address of a copy, or nothing where there is no room for it. */
    OptionalLong copy(MemorySegment data);

    /** Frees a copy. */
    void free(long address);
}
