package dev.apprentice.compute;

/**
 * What the backward pass of attention needs of the forward pass, over one sequence of n tokens.
 *
 * @param query (n, heads·headDim), rotated
 * @param keys (n, keyValueHeads·headDim), rotated
 * @param values (n, keyValueHeads·headDim)
 */
public record AttentionTape(Tensor query, Tensor keys, Tensor values) {}
