package dev.apprentice.learning.internal;

import dev.apprentice.model.Adapter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * All that learning changes, as flat float32 vectors in the order of {@link Adapter#values()}, one after the other in one piece of
 * native memory.
 *
 * <p>{@code served} is both what answers and the anchor θ* of the EWC penalty. Taking the latest parameters for the anchor would
 * make the penalty vanish in a cycle of one step; the slow average behind them gives the important directions something to hold on to.
 *
 * @param all (5, n): parameters, served, moments twice, importance
 */
record LearnedVectors(MemorySegment all) {
    private static final int VECTORS = 5;
    private static final int ALIGNMENT = 64;

    /** Zeros for adapters of so many bytes. */
    static LearnedVectors allocate(long adapterBytes) {
        return new LearnedVectors(Arena.ofAuto().allocate(VECTORS * adapterBytes, ALIGNMENT));
    }

    /** Nothing learned yet: the shipped adapter, and no memory of gradients. */
    static LearnedVectors startingFrom(Adapter shipped) {
        LearnedVectors vectors = allocate(shipped.values().byteSize());
        vectors.parameters().copyFrom(shipped.values());
        vectors.served().copyFrom(shipped.values());
        return vectors;
    }

    /** The parameters that the optimiser moves (n). */
    MemorySegment parameters() {
        return slice(0, 1);
    }

    /** The moving average of the parameters, which serves (n). */
    MemorySegment served() {
        return slice(1, 1);
    }

    /** Adam's first and second moments (2, n). */
    MemorySegment moments() {
        return slice(2, 2);
    }

    /** The importance F of online EWC (n). */
    MemorySegment importance() {
        return slice(4, 1);
    }

    void copyFrom(LearnedVectors other) {
        all.copyFrom(other.all);
    }

    private MemorySegment slice(int first, int count) {
        long bytes = all.byteSize() / VECTORS;
        return all.asSlice(first * bytes, count * bytes);
    }
}
