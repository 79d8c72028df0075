package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;

/**
 * Keys and values of one block for a whole sequence, as training needs them.
 *
 * @param keys (n, keyValueHeads·headDim), rotated
 * @param values as keys
 */
record KeyValues(Tensor keys, Tensor values) {}
