package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;

/**
 * What one transformer block computes for n tokens. Inference overwrites one of these block after block, its output being its
 * input; training keeps one for each block, the output of one being the input of the next.
 *
 * @param input (n, width)
 * @param normed (n, width)
 * @param projectedQuery (n, heads·headDim), before its heads are normalised; void where they are not
 * @param projectedKey (n, keyValueHeads·headDim), likewise
 * @param query (n, heads·headDim), rotated
 * @param attended (n, heads·headDim)
 * @param middle (n, width), after attention
 * @param middleNormed (n, width)
 * @param gate (n, feedForward)
 * @param up (n, feedForward)
 * @param activated (n, feedForward)
 * @param output (n, width)
 * @param lowRank A·x (n, rank) of every adapted linear layer
 */
record Activations(
        Tensor input,
        Tensor normed,
        Tensor projectedQuery,
        Tensor projectedKey,
        Tensor query,
        Tensor attended,
        Tensor middle,
        Tensor middleNormed,
        Tensor gate,
        Tensor up,
        Tensor activated,
        Tensor output,
        LowRank lowRank) {

    /** A·x (n, rank) by linear layer; without an adapter nobody looks at it. */
    record LowRank(Tensor query, Tensor key, Tensor value, Tensor output, Tensor gate, Tensor up, Tensor down) {
        /** Enough to run forward: one tensor for all. */
        static LowRank shared(Tensor tensor) {
            return new LowRank(tensor, tensor, tensor, tensor, tensor, tensor, tensor);
        }

        private static LowRank kept(Scratch scratch, int n, int rank) {
            return new LowRank(
                    scratch.tensor(n, rank),
                    scratch.tensor(n, rank),
                    scratch.tensor(n, rank),
                    scratch.tensor(n, rank),
                    scratch.tensor(n, rank),
                    scratch.tensor(n, rank),
                    scratch.tensor(n, rank));
        }
    }

    /** For inference. */
    static Activations reused(Scratch scratch, ModelConfig config, int n, int rank) {
        Tensor hidden = scratch.tensor(n, config.width());
        LowRank lowRank = LowRank.shared(scratch.tensor(n, Math.max(rank, 1)));
        return allocate(scratch, config, n, hidden, hidden, lowRank);
    }

    /** For training, over a given input. */
    static Activations kept(Scratch scratch, ModelConfig config, int n, int rank, Tensor input) {
        Tensor output = scratch.tensor(n, config.width());
        return allocate(scratch, config, n, input, output, LowRank.kept(scratch, n, rank));
    }

    private static Activations allocate(
            Scratch scratch, ModelConfig config, int n, Tensor input, Tensor output, LowRank lowRank) {
        int projected = switch (config.architecture().headNorm()) {
            case NONE -> 0;
            case RMS -> n;
        };
        return new Activations(
                input,
                scratch.tensor(n, config.width()),
                scratch.tensor(projected, config.attention().queryWidth()),
                scratch.tensor(projected, config.attention().keyValueWidth()),
                scratch.tensor(n, config.attention().queryWidth()),
                scratch.tensor(n, config.attention().queryWidth()),
                scratch.tensor(n, config.width()),
                scratch.tensor(n, config.width()),
                scratch.tensor(n, config.feedForward()),
                scratch.tensor(n, config.feedForward()),
                scratch.tensor(n, config.feedForward()),
                output,
                lowRank);
    }
}
