package dev.apprentice.llm.internal.gguf;

import dev.apprentice.compute.DataType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** Writes a model that is given in the terms of Hugging Face. */
public final class GgufModelWriter {
    private final GgufWriter writer = new GgufWriter();
    private final GgufConfig.Architecture architecture;
    private final long heads;
    private final long keyValueHeads;

    /**
     * Starts a file.
     *
     * @param config {@code config.json}
     * @param tokenizer {@code tokenizer.json}
     */
    public GgufModelWriter(String name, ObjectNode config, ObjectNode tokenizer) {
        this.architecture = GgufMetadata.architecture(config);
        this.heads = config.path("num_attention_heads").asLong();
        this.keyValueHeads = config.path("num_key_value_heads").asLong(heads);
        GgufMetadata.write(name, config, writer);
        new TokenizerExport(tokenizer, config.path("vocab_size").asInt()).writeTo(writer);
    }

    /**
     * Adds a tensor by its Hugging Face name.
     *
     * @param data asked for when the file is written
     */
    public void tensor(String name, DataType type, List<Long> shape, Supplier<MemorySegment> data) {
        boolean query = name.contains(".self_attn.q_proj.");
        boolean key = name.contains(".self_attn.k_proj.");
        Supplier<MemorySegment> inOrder = architecture.permutesQueryAndKey() && (query || key)
                ? () -> permuted(data.get(), shape.getFirst(), query ? heads : keyValueHeads)
                : data;
        writer.tensor(GgufNames.fromHuggingFace(name), type, shape, inOrder);
    }

    public void write(Path file) throws IOException {
        writer.write(file);
    }

    private static MemorySegment permuted(MemorySegment data, long rows, long heads) {
        MemorySegment copy = Arena.ofAuto().allocate(data.byteSize(), 64);
        RotaryPermutation.apply(data, copy, Math.toIntExact(heads), Math.toIntExact(rows / heads));
        return copy;
    }
}
