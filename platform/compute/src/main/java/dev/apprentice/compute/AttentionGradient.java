package dev.apprentice.compute;

/**
 * Where the gradients of attention are added.
 *
 * @param query (n, heads·headDim)
 * @param keys (n, keyValueHeads·headDim)
 * @param values (n, keyValueHeads·headDim)
 */
public record AttentionGradient(Tensor query, Tensor keys, Tensor values) {}
