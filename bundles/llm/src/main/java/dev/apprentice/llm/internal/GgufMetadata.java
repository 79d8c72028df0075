package dev.apprentice.llm.internal;

import dev.apprentice.compute.AttentionShape;
import dev.apprentice.compute.DataType;
import dev.apprentice.compute.RotaryTable;
import dev.apprentice.llm.internal.gguf.GgufWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Writes the shape of a model as the metadata of a GGUF file: the way back of {@code GgufConfig}. */
final class GgufMetadata {
    private GgufMetadata() {}

    static void write(String name, ModelConfig config, GgufWriter writer) {
        AttentionShape attention = config.attention();
        String prefix = architecture(config) + ".";
        writer.put("general.architecture", architecture(config));
        writer.put("general.name", name);
        writer.put(prefix + "context_length", config.context());
        writer.put(prefix + "embedding_length", config.width());
        writer.put(prefix + "block_count", config.layers());
        writer.put(prefix + "feed_forward_length", config.feedForward());
        writer.put(prefix + "attention.head_count", attention.heads());
        writer.put(prefix + "attention.head_count_kv", attention.keyValueHeads());
        writer.put(prefix + "attention.key_length", attention.headDim());
        writer.put(prefix + "attention.value_length", attention.headDim());
        writer.put(prefix + "attention.layer_norm_rms_epsilon", config.epsilon());
        writer.put(prefix + "rope.dimension_count", attention.headDim());
        writer.put(prefix + "rope.freq_base", (float) config.ropeTheta());
        writer.put(prefix + "vocab_size", config.vocabulary());
        if (attention.window() != AttentionShape.ALL) {
            writer.put(prefix + "attention.sliding_window", attention.window());
        }
        switch (config.ropeScaling()) {
            case RopeScaling.None() -> {}
            case RopeScaling.Linear(double factor) -> {
                writer.put(prefix + "rope.scaling.type", "linear");
                writer.put(prefix + "rope.scaling.factor", (float) factor);
            }
            case RopeScaling.Llama3 _, RopeScaling.Divisors _ -> divisors(config, writer);
        }
        writer.put("tokenizer.ggml.eos_token_id", config.endOfText().getFirst());
        if (config.endOfText().size() > 1) {
            writer.put("tokenizer.ggml.eot_token_id", config.endOfText().get(1));
        }
    }

    /** Files call Mistral llama too. */
    static String architecture(ModelConfig config) {
        return switch (config.architecture()) {
            case LLAMA, MISTRAL -> "llama";
            case QWEN2 -> "qwen2";
            case QWEN3 -> "qwen3";
        };
    }

    /** What each frequency is divided by, for which such files have a tensor instead of settings. */
    private static void divisors(ModelConfig config, GgufWriter writer) {
        float[] scaled = config.frequencies();
        float[] plain = RotaryTable.frequencies(config.attention().headDim(), config.ropeTheta());
        MemorySegment divisors = Arena.ofAuto().allocate(4L * plain.length, 4);
        for (int i = 0; i < plain.length; i++) {
            divisors.setAtIndex(ValueLayout.JAVA_FLOAT, i, plain[i] / scaled[i]);
        }
        writer.tensor("rope_freqs.weight", DataType.F32, List.of((long) plain.length), () -> divisors);
    }
}
