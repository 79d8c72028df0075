package dev.apprentice.llm.internal.gguf;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the tensors of GGUF files are called in Hugging Face models, and the other way round. */
public final class GgufNames {
    private static final Pattern GGUF_LAYER = Pattern.compile("blk\\.(\\d{1,6})\\.([a-z_]+)\\.(weight|bias)");
    private static final Pattern HUGGING_FACE_LAYER =
            Pattern.compile("model\\.layers\\.(\\d{1,6})\\.([a-z_.]+)\\.(weight|bias)");

    private static final Map<String, String> OUTSIDE = Map.of(
            "token_embd.weight", "model.embed_tokens.weight",
            "output_norm.weight", "model.norm.weight",
            "output.weight", "lm_head.weight");

    private static final Map<String, String> IN_A_LAYER = Map.ofEntries(
            Map.entry("attn_norm", "input_layernorm"),
            Map.entry("attn_q", "self_attn.q_proj"),
            Map.entry("attn_k", "self_attn.k_proj"),
            Map.entry("attn_v", "self_attn.v_proj"),
            Map.entry("attn_output", "self_attn.o_proj"),
            Map.entry("attn_q_norm", "self_attn.q_norm"),
            Map.entry("attn_k_norm", "self_attn.k_norm"),
            Map.entry("ffn_norm", "post_attention_layernorm"),
            Map.entry("ffn_gate", "mlp.gate_proj"),
            Map.entry("ffn_up", "mlp.up_proj"),
            Map.entry("ffn_down", "mlp.down_proj"));

    private static final Map<String, String> OUTSIDE_BACK = inverse(OUTSIDE);
    private static final Map<String, String> IN_A_LAYER_BACK = inverse(IN_A_LAYER);

    private GgufNames() {}

    /** The Hugging Face name, or the name itself if it is an unknown one. */
    public static String toHuggingFace(String name) {
        return translate(name, OUTSIDE, GGUF_LAYER, IN_A_LAYER, "model.layers.");
    }

    /** The GGUF name, or the name itself if it is an unknown one. */
    public static String fromHuggingFace(String name) {
        return translate(name, OUTSIDE_BACK, HUGGING_FACE_LAYER, IN_A_LAYER_BACK, "blk.");
    }

    private static String translate(
            String name, Map<String, String> outside, Pattern layer, Map<String, String> inside, String prefix) {
        Matcher matcher = layer.matcher(name);
        if (matcher.matches()) {
            String module = inside.get(matcher.group(2));
            return module == null ? name : prefix + matcher.group(1) + "." + module + "." + matcher.group(3);
        }
        return outside.getOrDefault(name, name);
    }

    private static Map<String, String> inverse(Map<String, String> map) {
        Map<String, String> inverse = new TreeMap<>();
        map.forEach((key, value) -> inverse.put(value, key));
        return inverse;
    }
}
