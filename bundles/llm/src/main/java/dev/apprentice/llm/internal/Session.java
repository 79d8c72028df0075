package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Tensor;
import java.util.List;

/** One sequence as it is read and written: its keys and values so far, and the buffers of a step. Used by one thread at a time. */
final class Session implements AutoCloseable {
    private final Network network;
    private final Network steps;
    private final KeyValueCache cache;
    private final Pass pass;

    /**
     * A session that holds keys and values unrounded.
     *
     * @param expected how many tokens the first step brings
     */
    Session(Transformer transformer, Network network, int expected) {
        this(transformer, network, DataType.F32, expected);
    }

    Session(Transformer transformer, Network network, DataType keyValues, int expected) {
        this(transformer, network, network, keyValues, expected);
    }

    /** @param steps the network through which single tokens go, one after the other, once the prompt is read */
    Session(Transformer transformer, Network network, Network steps, DataType keyValues, int expected) {
        this.network = network;
        this.steps = steps;
        this.cache = new KeyValueCache(transformer.config(), keyValues);
        this.pass = new Pass(transformer, expected, network);
    }

    Network network() {
        return network;
    }

    /** The network of single steps. */
    Network steps() {
        return steps;
    }

    KeyValueCache cache() {
        return cache;
    }

    /** Number of tokens read. */
    int length() {
        return cache.length();
    }

    /**
     * Reads tokens after those before.
     *
     * @return their final-normed hidden states (n, width), valid until the next call
     */
    Tensor read(int[] tokens) {
        return pass.run(network, tokens, List.of(new Pass.Part(cache, 0, tokens.length)));
    }

    /** Reads one token as a single step. */
    Tensor step(int token) {
        return pass.run(steps, new int[] {token}, List.of(new Pass.Part(cache, 0, 1)));
    }

    @Override
    public void close() {
        cache.close();
        pass.close();
    }
}
