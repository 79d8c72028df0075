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
 * @param beside what adapters compute beside
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
        Beside beside) {

    /** What adapters compute beside, by linear layer. */
    record Beside(Room query, Room key, Room value, Room output, Room gate, Room up, Room down) {
        private static Beside shared(Room room) {
            return new Beside(room, room, room, room, room, room, room);
        }

        private static Beside kept(Scratch scratch, int n, Network.Block block) {
            return new Beside(
                    Room.Kept.of(scratch, n, block.query()),
                    Room.Kept.of(scratch, n, block.key()),
                    Room.Kept.of(scratch, n, block.value()),
                    Room.Kept.of(scratch, n, block.output()),
                    Room.Kept.of(scratch, n, block.gate()),
                    Room.Kept.of(scratch, n, block.up()),
                    Room.Kept.of(scratch, n, block.down()));
        }
    }

    /** For inference. */
    static Activations reused(Scratch scratch, ModelConfig config, int n, Network network) {
        Tensor hidden = scratch.tensor(n, config.width());
        return allocate(scratch, config, n, hidden, hidden, Beside.shared(Room.Shared.of(scratch, n, network)));
    }

    /** For training a block, over a given input. */
    static Activations kept(Scratch scratch, ModelConfig config, int n, Network.Block block, Tensor input) {
        Tensor output = scratch.tensor(n, config.width());
        return allocate(scratch, config, n, input, output, Beside.kept(scratch, n, block));
    }

    private static Activations allocate(
            Scratch scratch, ModelConfig config, int n, Tensor input, Tensor output, Beside beside) {
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
                beside);
    }
}
