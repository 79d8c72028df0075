package dev.apprentice.llm.internal;

import dev.apprentice.compute.AttentionShape;
import dev.apprentice.model.ModelException;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * The shape of a Llama-family model, from Hugging Face's {@code config.json}.
 *
 * @param width of the residual stream
 * @param feedForward width inside the feed-forward network
 * @param context the longest sequence
 * @param endOfText tokens that end a text, the first being the one to write
 */
record ModelConfig(
        String architecture,
        int layers,
        int width,
        int feedForward,
        AttentionShape attention,
        int vocabulary,
        int context,
        float epsilon,
        double ropeTheta,
        boolean tiedHead,
        List<Integer> endOfText) {

    /** Parses and checks a configuration. */
    static ModelConfig parse(byte[] text) {
        return new Reader(Json.object(text, ModelConfig::fault)).read();
    }

    /** (outputs, inputs) of a linear layer by its Hugging Face name. */
    int[] linearShape(String target) {
        return switch (target) {
            case "q_proj" -> new int[] {attention.queryWidth(), width};
            case "k_proj", "v_proj" -> new int[] {attention.keyValueWidth(), width};
            case "o_proj" -> new int[] {width, attention.queryWidth()};
            case "gate_proj", "up_proj" -> new int[] {feedForward, width};
            case "down_proj" -> new int[] {width, feedForward};
            default -> throw new IllegalArgumentException("A Llama block has no linear layer " + target);
        };
    }

    /** Name of a linear layer's module in files of Hugging Face models and adapters. */
    static String moduleName(int layer, String target) {
        boolean feedForward = target.equals("gate_proj") || target.equals("up_proj") || target.equals("down_proj");
        return "model.layers." + layer + (feedForward ? ".mlp." : ".self_attn.") + target;
    }

    private static ModelException fault(String what) {
        return new ModelException(
                ModelException.Code.BAD_MODEL,
                ModelFiles.CONFIG + " " + what + ": use the files of a Llama-family model");
    }

    private record Reader(JsonNode node) {
        ModelConfig read() {
            String architecture = node.path("architectures").path(0).asString("none");
            if (!architecture.equals("LlamaForCausalLM")) {
                throw fault("names the architecture " + architecture + ", but only LlamaForCausalLM is supported");
            }
            requireAbsent("hidden_act", "silu");
            requireAbsent("attention_bias", "false");
            requireAbsent("mlp_bias", "false");
            requireAbsent("rope_scaling", "null");
            int width = size("hidden_size", 0);
            int heads = size("num_attention_heads", 0);
            int headDim = size("head_dim", width / heads);
            int keyValueHeads = size("num_key_value_heads", heads);
            if (heads % keyValueHeads != 0 || headDim % 2 != 0) {
                throw fault("has " + heads + " heads of width " + headDim + " over " + keyValueHeads
                        + " key/value heads, but the width must be even and the heads divisible");
            }
            int vocabulary = size("vocab_size", 0);
            return new ModelConfig(
                    architecture,
                    size("num_hidden_layers", 0),
                    width,
                    size("intermediate_size", 0),
                    new AttentionShape(heads, keyValueHeads, headDim),
                    vocabulary,
                    size("max_position_embeddings", 0),
                    (float) positive("rms_norm_eps", 1e-6),
                    positive("rope_theta", 10_000),
                    node.path("tie_word_embeddings").asBoolean(false),
                    endOfText(vocabulary));
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

        /** Refuses a setting that changes the arithmetic in a way that is not implemented. */
        private void requireAbsent(String key, String only) {
            JsonNode value = node.path(key);
            if (!value.isMissingNode()
                    && !value.isNull()
                    && !value.asString(value.toString()).equals(only)) {
                throw fault("sets " + key + " to " + value + ", but only " + only + " is supported");
            }
        }

        private int size(String key, int otherwise) {
            JsonNode value = node.path(key);
            int size = value.isMissingNode() || value.isNull() ? otherwise : value.isInt() ? value.intValue() : 0;
            if (size < 1 || size > 1 << 24) {
                throw fault("has " + key + " = " + value + ", but expected is a whole number of 1 to " + (1 << 24));
            }
            return size;
        }

        private double positive(String key, double otherwise) {
            JsonNode value = node.path(key);
            double number = value.isMissingNode() ? otherwise : value.asDouble(0);
            if (!(number > 0) || Double.isInfinite(number)) {
                throw fault("has " + key + " = " + value + ", but expected is a positive number");
            }
            return number;
        }
    }
}
