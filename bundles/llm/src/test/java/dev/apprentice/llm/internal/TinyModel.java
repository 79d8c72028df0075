package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A random checkpoint of a few thousand weights, as Hugging Face writes it: what the product loads, and the numbers in it for
 * {@link PaperModel}. It shares the tokenizer of the embedded model.
 *
 * @param biased modules that have a bias
 * @param settings further fields of {@code config.json}
 */
record TinyModel(
        String architecture,
        int heads,
        int keyValueHeads,
        int headDim,
        boolean headNorms,
        boolean tied,
        Set<String> biased,
        String settings) {
    static final int VOCABULARY = 8192;
    static final int WIDTH = 32;
    static final int FEED_FORWARD = 48;
    static final int LAYERS = 3;
    static final double EPSILON = 1e-5;

    static final TinyModel LLAMA =
            new TinyModel("LlamaForCausalLM", 4, 2, 8, false, true, Set.of(), "\"rope_theta\": 10000.0");
    static final TinyModel LLAMA_3 = new TinyModel("LlamaForCausalLM", 4, 1, 8, false, false, Set.of(), """
        "rope_theta": 500.0, "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
        "high_freq_factor": 4.0, "original_max_position_embeddings": 64}\
        """);
    static final TinyModel LLAMA_LINEAR = new TinyModel(
            "LlamaForCausalLM",
            2,
            2,
            16,
            false,
            false,
            Set.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"),
            """
            "attention_bias": true, "mlp_bias": true, "rope_scaling": {"type": "linear", "factor": 4.0}\
            """);
    static final TinyModel MISTRAL =
            new TinyModel("MistralForCausalLM", 4, 2, 8, false, false, Set.of(), "\"sliding_window\": 5");
    static final TinyModel QWEN_2 = new TinyModel(
            "Qwen2ForCausalLM",
            4,
            2,
            8,
            false,
            true,
            Set.of("q_proj", "k_proj", "v_proj"),
            "\"rope_theta\": 1000000.0, \"use_sliding_window\": false, \"sliding_window\": 5");
    static final TinyModel QWEN_3 = new TinyModel(
            "Qwen3ForCausalLM", 2, 1, 12, true, true, Set.of(), "\"rope_theta\": 1000000.0, \"attention_bias\": false");

    static TinyModel named(String name) {
        return switch (name) {
            case "llama" -> LLAMA;
            case "llama3" -> LLAMA_3;
            case "llamaLinear" -> LLAMA_LINEAR;
            case "mistral" -> MISTRAL;
            case "qwen2" -> QWEN_2;
            case "qwen3" -> QWEN_3;
            default -> throw new IllegalArgumentException("No tiny model " + name);
        };
    }

    /** {@code config.json}. */
    String config() {
        return """
            {"architectures": ["%s"], "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": %d,
            "num_attention_heads": %d, "num_key_value_heads": %d, "head_dim": %d, "vocab_size": %d,
            "max_position_embeddings": 512, "rms_norm_eps": %s, "tie_word_embeddings": %s, "eos_token_id": 8184, %s}\
            """.formatted(
                        architecture,
                        WIDTH,
                        FEED_FORWARD,
                        LAYERS,
                        heads,
                        keyValueHeads,
                        headDim,
                        VOCABULARY,
                        EPSILON,
                        tied,
                        settings);
    }

    /** One tensor: its shape and its values. */
    record Weight(List<Integer> shape, float[] values) {}

    /** Every tensor, by Hugging Face name. */
    Map<String, Weight> weights() {
        Random random = new Random(31);
        Map<String, Weight> weights = new LinkedHashMap<>();
        weights.put("model.embed_tokens.weight", matrix(random, VOCABULARY, WIDTH, 1));
        for (int layer = 0; layer < LAYERS; layer++) {
            String prefix = "model.layers." + layer;
            weights.put(prefix + ".input_layernorm.weight", norm(random, WIDTH));
            weights.put(prefix + ".post_attention_layernorm.weight", norm(random, WIDTH));
            if (headNorms) {
                weights.put(prefix + ".self_attn.q_norm.weight", norm(random, headDim));
                weights.put(prefix + ".self_attn.k_norm.weight", norm(random, headDim));
            }
            linear(weights, random, prefix + ".self_attn.", "q_proj", heads * headDim, WIDTH);
            linear(weights, random, prefix + ".self_attn.", "k_proj", keyValueHeads * headDim, WIDTH);
            linear(weights, random, prefix + ".self_attn.", "v_proj", keyValueHeads * headDim, WIDTH);
            linear(weights, random, prefix + ".self_attn.", "o_proj", WIDTH, heads * headDim);
            linear(weights, random, prefix + ".mlp.", "gate_proj", FEED_FORWARD, WIDTH);
            linear(weights, random, prefix + ".mlp.", "up_proj", FEED_FORWARD, WIDTH);
            linear(weights, random, prefix + ".mlp.", "down_proj", WIDTH, FEED_FORWARD);
        }
        weights.put("model.norm.weight", norm(random, WIDTH));
        if (!tied) {
            weights.put("lm_head.weight", matrix(random, VOCABULARY, WIDTH, 0.2));
        }
        return weights;
    }

    private void linear(
            Map<String, Weight> weights, Random random, String prefix, String target, int outputs, int inputs) {
        weights.put(prefix + target + ".weight", matrix(random, outputs, inputs, 1.5 / Math.sqrt(inputs)));
        if (biased.contains(target)) {
            weights.put(prefix + target + ".bias", new Weight(List.of(outputs), gaussian(random, outputs, 0, 0.5)));
        }
    }

    private static Weight matrix(Random random, int rows, int columns, double deviation) {
        return new Weight(List.of(rows, columns), gaussian(random, rows * columns, 0, deviation));
    }

    private static Weight norm(Random random, int length) {
        return new Weight(List.of(length), gaussian(random, length, 1, 0.3));
    }

    private static float[] gaussian(Random random, int count, double mean, double deviation) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (mean + deviation * random.nextGaussian());
        }
        return values;
    }

    /** Loads it as any model is loaded. */
    LlamaModel load() {
        return load(config());
    }

    LlamaModel load(String config) {
        return LlamaModel.load(files(config), DataType.F32, TestModel.KERNELS);
    }

    /** Its files. */
    ModelFiles files() {
        return files(config());
    }

    private ModelFiles files(String config) {
        Map<String, byte[]> files = Map.of(
                ModelFiles.CONFIG, config.getBytes(StandardCharsets.UTF_8), ModelFiles.WEIGHTS, safetensors(weights()));
        return name -> files.containsKey(name)
                ? new ByteArrayInputStream(files.get(name))
                : Files.newInputStream(TestModel.DIRECTORY.resolve(name));
    }

    static byte[] safetensors(Map<String, Weight> weights) {
        StringBuilder header = new StringBuilder("{");
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        try {
            for (Map.Entry<String, Weight> entry : weights.entrySet()) {
                int begin = data.size();
                float[] values = entry.getValue().values();
                ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(values);
                data.write(bytes.array());
                header.append(header.length() == 1 ? "" : ",")
                        .append("\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                                .formatted(entry.getKey(), entry.getValue().shape(), begin, data.size()));
            }
            byte[] json = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            file.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(json.length)
                    .array());
            file.write(json);
            data.writeTo(file);
            return file.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
