package dev.apprentice.llm.internal;

import java.lang.foreign.Arena;

/** Puts the linear layers of a transformer block into four bits. */
@FunctionalInterface
interface BlockQuantizer {
    /**
     * The block in four bits.
     *
     * @param inputs what reaches its linear layers
     * @param arena holds what is made
     */
    Weights.Layer quantise(Weights.Layer block, CalibrationPass.Inputs inputs, Arena arena);
}
