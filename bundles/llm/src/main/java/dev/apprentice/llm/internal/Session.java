package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** One sequence as it is read and written: its keys and values so far, and the buffers of a step. Used by one thread. */
final class Session implements AutoCloseable {
    private final Transformer transformer;
    private final Network network;
    private final Scratch scratch = new Scratch();
    private final int keyValueWidth;
    private Arena arena = Arena.ofShared();
    private List<KeyValues> cache = List.of();
    private int capacity;
    private int length;
    private Activations activations;
    private Tensor normed;

    /** @param expected how many tokens the first step brings */
    Session(Transformer transformer, Network network, int expected) {
        this.transformer = transformer;
        this.network = network;
        this.keyValueWidth = transformer.config().attention().keyValueWidth();
        this.activations = Activations.reused(scratch, transformer.config(), expected, network);
        this.normed = scratch.tensor(expected, transformer.config().width());
    }

    /** Number of tokens read. */
    int length() {
        return length;
    }

    /**
     * Reads tokens after those before.
     *
     * @return their final-normed hidden states (n, width), valid until the next call
     */
    Tensor read(int[] tokens) {
        reserve(length + tokens.length);
        if (activations.input().rows() != tokens.length) {
            scratch.reset();
            activations = Activations.reused(scratch, transformer.config(), tokens.length, network);
            normed = scratch.tensor(tokens.length, transformer.config().width());
        }
        transformer.embed(network.weights(), tokens, activations.input());
        for (int layer = 0; layer < cache.size(); layer++) {
            transformer.block(network.blocks().get(layer), length, cache.get(layer), activations);
        }
        transformer.finalNorm(network.weights(), activations.output(), normed);
        length += tokens.length;
        return normed;
    }

    /** Makes room for a number of tokens, at least doubling so that growth costs little. */
    @SuppressWarnings("MustBeClosedChecker") // close() does
    private void reserve(int tokens) {
        if (tokens <= capacity) {
            return;
        }
        capacity = Math.min(
                Math.max(tokens, 2 * capacity),
                Math.max(tokens, transformer.config().context()));
        Arena larger = Arena.ofShared();
        List<KeyValues> grown = new ArrayList<>();
        for (int layer = 0; layer < transformer.config().layers(); layer++) {
            KeyValues room = new KeyValues(
                    Tensor.allocate(larger, capacity, keyValueWidth), Tensor.allocate(larger, capacity, keyValueWidth));
            if (length > 0) {
                copy(cache.get(layer).keys(), room.keys());
                copy(cache.get(layer).values(), room.values());
            }
            grown.add(room);
        }
        arena.close();
        arena = larger;
        cache = List.copyOf(grown);
    }

    private void copy(Tensor from, Tensor to) {
        MemorySegment.copy(from.data(), 0, to.data(), 0, 4L * length * keyValueWidth);
    }

    @Override
    public void close() {
        arena.close();
        scratch.close();
    }
}
