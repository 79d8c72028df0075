package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import java.util.List;

/** Runs tokens of one or several sequences through a network at once, in buffers that the next pass uses again. One thread at a time. */
final class Pass implements AutoCloseable {
    private final Transformer transformer;
    private final Scratch scratch = new Scratch();
    private Buffers buffers;

    /**
     * @param keys (n, keyValueHeads·headDim) of the tokens at hand
     * @param values as keys
     * @param normed (n, width)
     */
    private record Buffers(Activations activations, Tensor keys, Tensor values, Tensor normed, int widestBeside) {
        static Buffers allocate(Scratch scratch, ModelConfig config, int n, Network network) {
            int keyValueWidth = config.attention().keyValueWidth();
            return new Buffers(
                    Activations.reused(scratch, config, n, network),
                    scratch.tensor(n, keyValueWidth),
                    scratch.tensor(n, keyValueWidth),
                    scratch.tensor(n, config.width()),
                    network.widestBeside());
        }
    }

    /** A sequence's share of the tokens at hand: {@code count} rows from {@code from}, which follow what its cache holds. */
    record Part(KeyValueCache cache, int from, int count) {
        Tensor of(Tensor tensor) {
            return tensor.rows(from, count);
        }
    }

    Pass(Transformer transformer, int expected, Network network) {
        this.transformer = transformer;
        this.buffers = Buffers.allocate(scratch, transformer.config(), expected, network);
    }

    /**
     * Reads tokens after those before; if it fails, no cache has changed.
     *
     * @return their final-normed hidden states (n, width), valid until the next call
     */
    Tensor run(Network network, int[] tokens, List<Part> parts) {
        ModelConfig config = transformer.config();
        parts.forEach(part -> part.cache().reserve(part.cache().length() + part.count()));
        if (buffers.activations().input().rows() != tokens.length || buffers.widestBeside() != network.widestBeside()) {
            scratch.reset();
            buffers = Buffers.allocate(scratch, config, tokens.length, network);
        }
        Activations at = buffers.activations();
        transformer.embed(network.weights(), tokens, at.input());
        for (int layer = 0; layer < config.layers(); layer++) {
            Past past = new Sequences(transformer, layer, parts, buffers.keys(), buffers.values());
            transformer.block(network.blocks().get(layer), past, at);
        }
        transformer.finalNorm(network.weights(), at.output(), buffers.normed());
        parts.forEach(part -> part.cache().advance(part.count()));
        return buffers.normed();
    }

    /** The sequences of a pass in one layer. */
    private record Sequences(Transformer transformer, int layer, List<Part> parts, Tensor keys, Tensor values)
            implements Past {
        @Override
        public void rotate(Tensor x) {
            for (Part part : parts) {
                transformer.rotate(part.cache().length(), part.of(x));
            }
        }

        @Override
        public void attend(Tensor query, Tensor out) {
            for (Part part : parts) {
                KeyValueCache cache = part.cache();
                int past = cache.length();
                cache.put(layer, part.of(keys), part.of(values));
                transformer
                        .kernels()
                        .attention(
                                transformer.config().attention(),
                                past,
                                part.of(query),
                                cache.keys(layer, past + part.count()),
                                cache.values(layer, past + part.count()),
                                part.of(out));
            }
        }
    }

    @Override
    public void close() {
        scratch.close();
    }
}
