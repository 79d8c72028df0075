package dev.apprentice.llm.internal.gguf;

import dev.apprentice.compute.DataType;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashSet;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The metadata of a file in the terms of Hugging Face's {@code config.json}. */
public final class GgufConfig {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String EMBEDDING = "token_embd.weight";
    private static final String ROPE_FREQUENCIES = "rope_freqs.weight";

    private final GgufFile file;
    private final Architecture architecture;

    private GgufConfig(GgufFile file) {
        this.file = file;
        this.architecture = Architecture.of(file);
    }

    /** Architectures that are read. */
    public enum Architecture {
        LLAMA("llama", "LlamaForCausalLM"),
        MISTRAL("mistral", "MistralForCausalLM"),
        QWEN2("qwen2", "Qwen2ForCausalLM"),
        QWEN3("qwen3", "Qwen3ForCausalLM");

        private final String prefix;
        private final String huggingFace;

        Architecture(String prefix, String huggingFace) {
            this.prefix = prefix;
            this.huggingFace = huggingFace;
        }

        /** The architecture that a file names; any other is a fault. */
        public static Architecture of(GgufFile file) {
            String name = file.text("general.architecture").orElse("(none)");
            for (Architecture architecture : values()) {
                if (architecture.prefix.equals(name)) {
                    return architecture;
                }
            }
            throw file.fault("names the architecture " + name + ", but read are llama, mistral, qwen2 and qwen3");
        }

        /** Whether files hold the rows of query and key in the order of {@link RotaryPermutation}. */
        public boolean permutesQueryAndKey() {
            return this == LLAMA || this == MISTRAL;
        }
    }

    /**
     * The configuration of a file's model.
     *
     * @throws dev.apprentice.model.ModelException if a setting is missing, or would change the arithmetic in an unknown way
     */
    public static ObjectNode of(GgufFile file) {
        return new GgufConfig(file).translate();
    }

    /** Width of an attention head. */
    public static int headDim(GgufFile file) {
        return Math.toIntExact(new GgufConfig(file).headDim());
    }

    private long headDim() {
        long heads = whole("attention.head_count");
        long headDim = file.whole(key("attention.key_length"))
                .orElseGet(() -> heads > 0 ? whole("embedding_length") / heads : 0);
        if (headDim < 2 || headDim % 2 != 0 || headDim > 1 << 16) {
            throw file.fault("has heads of width " + headDim + ", but expected is an even one from 2 to " + (1 << 16));
        }
        return headDim;
    }

    private ObjectNode translate() {
        GgufTensor embedding = file.tensors().get(EMBEDDING);
        if (embedding == null) {
            throw file.fault("lacks the tensor " + EMBEDDING);
        }
        long width = whole("embedding_length");
        long heads = whole("attention.head_count");
        long headDim = headDim();
        require("attention.value_length", headDim);
        require("rope.dimension_count", headDim);

        ObjectNode config = JSON.objectNode();
        config.putArray("architectures").add(huggingFaceName());
        config.put("hidden_act", "silu");
        config.put("hidden_size", width);
        config.put("intermediate_size", whole("feed_forward_length"));
        config.put("num_hidden_layers", whole("block_count"));
        config.put("num_attention_heads", heads);
        config.put(
                "num_key_value_heads",
                file.whole(key("attention.head_count_kv")).orElse(heads));
        config.put("head_dim", headDim);
        config.put("vocab_size", embedding.shape().getFirst());
        config.put("max_position_embeddings", whole("context_length"));
        config.put("rms_norm_eps", (float) real("attention.layer_norm_rms_epsilon"));
        config.put("tie_word_embeddings", !file.tensors().containsKey("output.weight"));
        switch (architecture) {
            case LLAMA, QWEN3 -> {
                config.put("attention_bias", file.tensors().containsKey("blk.0.attn_q.bias"));
                config.put("mlp_bias", file.tensors().containsKey("blk.0.ffn_gate.bias"));
            }
            case MISTRAL, QWEN2 -> {}
        }
        config.put("rope_theta", file.real(key("rope.freq_base")).orElse(10_000));
        ropeScaling(config);
        config.putNull("sliding_window"); // absent, it would mean 4096
        file.whole(key("attention.sliding_window")).ifPresent(window -> config.put("sliding_window", window));
        specialTokens(config);
        return config;
    }

    /** Files call Mistral llama too; only the window tells them apart, and matters. */
    private String huggingFaceName() {
        boolean window = file.whole(key("attention.sliding_window")).orElse(0) > 0;
        return architecture == Architecture.LLAMA && window
                ? Architecture.MISTRAL.huggingFace
                : architecture.huggingFace;
    }

    private void ropeScaling(ObjectNode config) {
        GgufTensor frequencies = file.tensors().get(ROPE_FREQUENCIES);
        String type = file.text(key("rope.scaling.type")).orElse("none");
        if (frequencies != null) {
            ObjectNode scaling = config.putObject("rope_scaling").put("rope_type", "frequency_divisors");
            ArrayNode divisors = scaling.putArray("divisors");
            for (float divisor : floats(frequencies)) {
                divisors.add(divisor);
            }
        } else if (!type.equals("none")) {
            ObjectNode scaling = config.putObject("rope_scaling");
            scaling.put("rope_type", type);
            scaling.put("factor", real("rope.scaling.factor"));
            file.whole(key("rope.scaling.original_context_length"))
                    .ifPresent(length -> scaling.put("original_max_position_embeddings", length));
        }
    }

    private void specialTokens(ObjectNode config) {
        file.whole("tokenizer.ggml.bos_token_id").ifPresent(id -> config.put("bos_token_id", id));
        Set<Long> ends = new LinkedHashSet<>();
        file.whole("tokenizer.ggml.eos_token_id").ifPresent(ends::add);
        file.whole("tokenizer.ggml.eot_token_id").ifPresent(ends::add);
        ArrayNode ids = config.putArray("eos_token_id");
        ends.forEach(ids::add);
    }

    private float[] floats(GgufTensor tensor) {
        if (tensor.type() != DataType.F32) {
            throw file.fault("holds " + ROPE_FREQUENCIES + " in " + tensor.type() + ", but expected is F32");
        }
        return tensor.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    private void require(String setting, long only) {
        long value = file.whole(key(setting)).orElse(only);
        if (value != only) {
            throw file.fault(
                    "has " + value + " as " + key(setting) + ", but only the whole head, " + only + ", is supported");
        }
    }

    private long whole(String setting) {
        return file.whole(key(setting)).orElseThrow(() -> file.fault("lacks " + key(setting)));
    }

    private double real(String setting) {
        return file.real(key(setting)).orElseThrow(() -> file.fault("lacks " + key(setting)));
    }

    private String key(String setting) {
        return architecture.prefix + "." + setting;
    }
}
