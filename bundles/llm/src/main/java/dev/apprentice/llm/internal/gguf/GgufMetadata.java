package dev.apprentice.llm.internal.gguf;

import dev.apprentice.compute.DataType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Writes a {@code config.json} as metadata: the way back of {@link GgufConfig}. */
final class GgufMetadata {
    private GgufMetadata() {}

    static void write(String name, JsonNode config, GgufWriter writer) {
        String prefix = architecture(config).prefix() + ".";
        long heads = config.path("num_attention_heads").asLong();
        long headDim = config.hasNonNull("head_dim")
                ? config.path("head_dim").asLong()
                : config.path("hidden_size").asLong() / heads;
        writer.put("general.architecture", architecture(config).prefix());
        writer.put("general.name", name);
        writer.put(
                prefix + "context_length",
                config.path("max_position_embeddings").asLong());
        writer.put(prefix + "embedding_length", config.path("hidden_size").asLong());
        writer.put(prefix + "block_count", config.path("num_hidden_layers").asLong());
        writer.put(
                prefix + "feed_forward_length", config.path("intermediate_size").asLong());
        writer.put(prefix + "attention.head_count", heads);
        writer.put(
                prefix + "attention.head_count_kv",
                config.path("num_key_value_heads").asLong(heads));
        writer.put(prefix + "attention.key_length", headDim);
        writer.put(prefix + "attention.value_length", headDim);
        writer.put(prefix + "attention.layer_norm_rms_epsilon", (float)
                config.path("rms_norm_eps").asDouble(1e-6));
        writer.put(prefix + "rope.dimension_count", headDim);
        writer.put(prefix + "rope.freq_base", (float) config.path("rope_theta").asDouble(10_000));
        writer.put(prefix + "vocab_size", config.path("vocab_size").asLong());
        if (config.path("sliding_window").isNumber()) {
            writer.put(
                    prefix + "attention.sliding_window",
                    config.path("sliding_window").asLong());
        }
        ropeScaling(config, prefix, headDim, writer);
        if (config.path("bos_token_id").isNumber()) {
            writer.put(
                    "tokenizer.ggml.bos_token_id", config.path("bos_token_id").asLong());
        }
        JsonNode ends = config.path("eos_token_id");
        writer.put("tokenizer.ggml.eos_token_id", (ends.isArray() ? ends.path(0) : ends).asLong());
        if (ends.size() > 1) {
            writer.put("tokenizer.ggml.eot_token_id", ends.path(1).asLong());
        }
    }

    static GgufConfig.Architecture architecture(JsonNode config) {
        return GgufConfig.Architecture.ofHuggingFace(
                config.path("architectures").path(0).asString("none"));
    }

    private static void ropeScaling(JsonNode config, String prefix, long headDim, GgufWriter writer) {
        JsonNode scaling = config.path("rope_scaling");
        if (!scaling.isObject()) {
            return;
        }
        String type = scaling.path("rope_type").asString(scaling.path("type").asString("none"));
        if (!type.equals("llama3")) {
            writer.put(prefix + "rope.scaling.type", type);
            writer.put(prefix + "rope.scaling.factor", (float)
                    scaling.path("factor").asDouble(1));
            if (scaling.path("original_max_position_embeddings").isNumber()) {
                writer.put(
                        prefix + "rope.scaling.original_context_length",
                        scaling.path("original_max_position_embeddings").asLong());
            }
            return;
        }
        RopeFactors factors = new RopeFactors(
                scaling.path("factor").asDouble(),
                scaling.path("low_freq_factor").asDouble(),
                scaling.path("high_freq_factor").asDouble(),
                scaling.path("original_max_position_embeddings").asDouble());
        int count = Math.toIntExact(headDim / 2);
        MemorySegment divisors = Arena.ofAuto().allocate(4L * count, 4);
        for (int i = 0; i < count; i++) {
            double wavelength =
                    RopeFactors.wavelength(i, count, config.path("rope_theta").asDouble(10_000));
            divisors.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) factors.divisor(wavelength));
        }
        writer.tensor("rope_freqs.weight", DataType.F32, List.of((long) count), () -> divisors);
    }
}
