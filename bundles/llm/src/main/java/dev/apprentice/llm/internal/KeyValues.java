package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;

/**
 * Keys and values of one block; the rows after the past are those of the tokens at hand.
 *
 * @param keys (at least past + n, keyValueHeads·headDim), rotated
 * @param values as keys
 */
record KeyValues(Tensor keys, Tensor values) {}
