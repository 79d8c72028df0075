package dev.apprentice.llm.internal;

import dev.apprentice.compute.AttentionShape;
import dev.apprentice.model.ModelException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Reads Hugging Face's {@code config.json}; what is absent has the value that transformers gives it. A setting that changes the
 * arithmetic in a way that is not implemented is refused by name.
 */
record ConfigReader(JsonNode node) {
    private static final int LARGEST = 1 << 24;

    ModelConfig read() {
        String name = node.path("architectures").path(0).asString("none");
        Architecture architecture = Architecture.named(name)
                .orElseThrow(() ->
                        fault("names the architecture " + name + ", but supported are only " + Architecture.names()));
        requireOnly("hidden_act", "silu");
        requireOnly("partial_rotary_factor", "1.0");
        int width = size("hidden_size", 0);
        int heads = size("num_attention_heads", 0);
        int headDim = size("head_dim", architecture == Architecture.QWEN3 ? 128 : width / heads);
        int keyValueHeads = size("num_key_value_heads", keyValueHeads(architecture, heads));
        if (heads % keyValueHeads != 0 || headDim % 2 != 0) {
            throw fault("has " + heads + " heads of width " + headDim + " over " + keyValueHeads
                    + " key/value heads, but the width must be even and the heads divisible");
        }
        int vocabulary = size("vocab_size", 0);
        RopeReader rope = new RopeReader(this, headDim);
        return new ModelConfig(
                architecture,
                size("num_hidden_layers", 0),
                width,
                size("intermediate_size", 0),
                new AttentionShape(heads, keyValueHeads, headDim, window(architecture)),
                biased(architecture),
                vocabulary,
                size("max_position_embeddings", 0),
                (float) positive(node, "rms_norm_eps", 1e-6),
                rope.theta(),
                rope.scaling(),
                flag("tie_word_embeddings"),
                endOfText(vocabulary));
    }

    private static int keyValueHeads(Architecture architecture, int heads) {
        return switch (architecture) {
            case LLAMA -> heads;
            case MISTRAL -> 8;
            case QWEN2, QWEN3 -> 32;
        };
    }

    private int window(Architecture architecture) {
        return switch (architecture.window()) {
            case NONE -> AttentionShape.ALL;
            case ALWAYS -> node.path("sliding_window").isNull() ? AttentionShape.ALL : size("sliding_window", 4096);
            case IF_USED -> {
                if (flag("use_sliding_window")) {
                    throw fault("sets use_sliding_window, by which some layers of " + architecture.className()
                            + " look back less far than others; that is not supported");
                }
                yield AttentionShape.ALL;
            }
        };
    }

    private Set<String> biased(Architecture architecture) {
        return switch (architecture.biases()) {
            case NONE -> {
                requireOnly("attention_bias", "false");
                yield Set.of();
            }
            case QUERY_KEY_VALUE -> Set.of("q_proj", "k_proj", "v_proj");
            case AS_CONFIGURED -> {
                Set<String> biased = new HashSet<>();
                if (flag("attention_bias")) {
                    biased.addAll(List.of("q_proj", "k_proj", "v_proj", "o_proj"));
                }
                if (flag("mlp_bias")) {
                    biased.addAll(List.of("gate_proj", "up_proj", "down_proj"));
                }
                yield Set.copyOf(biased);
            }
        };
    }

    private List<Integer> endOfText(int vocabulary) {
        JsonNode ids = node.path("eos_token_id");
        List<Integer> tokens = (ids.isArray() ? ids.valueStream() : List.of(ids).stream())
                .map(id -> id.asInt(-1))
                .toList();
        if (tokens.isEmpty() || tokens.stream().anyMatch(id -> id < 0 || id >= vocabulary)) {
            throw fault("has the eos_token_id " + ids + ", but expected are ids below " + vocabulary);
        }
        return tokens;
    }

    private void requireOnly(String key, String only) {
        JsonNode value = node.path(key);
        if (!value.isMissingNode()
                && !value.isNull()
                && !value.asString(value.toString()).equals(only)) {
            throw fault("sets " + key + " to " + value + ", but only " + only + " is supported");
        }
    }

    private boolean flag(String key) {
        JsonNode value = node.path(key);
        if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
            throw fault("has " + key + " = " + value + ", but expected is true or false");
        }
        return value.asBoolean(false);
    }

    private int size(String key, int otherwise) {
        return size(node, key, otherwise);
    }

    static int size(JsonNode of, String key, int otherwise) {
        JsonNode value = of.path(key);
        int size = value.isMissingNode() || value.isNull() ? otherwise : value.isInt() ? value.intValue() : 0;
        if (size < 1 || size > LARGEST) {
            throw fault("has " + key + " = " + value + ", but expected is a whole number of 1 to " + LARGEST);
        }
        return size;
    }

    static double positive(JsonNode of, String key, double otherwise) {
        JsonNode value = of.path(key);
        double number = value.isMissingNode() ? otherwise : value.asDouble(0);
        if (!(number > 0) || Double.isInfinite(number)) {
            throw fault("has " + key + " = " + value + ", but expected is a positive number");
        }
        return number;
    }

    static ModelException fault(String what) {
        return new ModelException(
                ModelException.Code.BAD_MODEL,
                ModelFiles.CONFIG + " " + what + ": use the files of a Llama-family model");
    }
}
