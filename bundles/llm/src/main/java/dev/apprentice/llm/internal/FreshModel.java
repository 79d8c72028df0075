package dev.apprentice.llm.internal;

import dev.apprentice.model.Pretraining;
import tools.jackson.databind.node.ObjectNode;

/** The configuration of a Llama that begins with fresh weights. */
final class FreshModel {
    private static final int HEAD = 64;
    private static final int CONTEXT = 2048;

    private FreshModel() {}

    /**
     * {@code config.json} of a shape.
     *
     * @param length the longest piece it is trained on
     * @param like configuration of the model whose tokenizer it shares
     */
    static byte[] config(Pretraining.Start.Fresh shape, int length, ModelConfig like) {
        int heads = shape.width() / HEAD;
        ObjectNode config = Json.MAPPER.createObjectNode();
        config.putArray("architectures").add(Architecture.LLAMA.className());
        config.put("model_type", "llama");
        config.put("hidden_act", "silu");
        config.put("hidden_size", shape.width());
        config.put("num_hidden_layers", shape.layers());
        config.put("num_attention_heads", heads);
        config.put("num_key_value_heads", heads % 3 == 0 ? heads / 3 : heads);
        config.put("head_dim", HEAD);
        config.put("intermediate_size", Math.ceilDiv(8 * shape.width() / 3, HEAD) * HEAD);
        config.put("vocab_size", like.vocabulary());
        config.put("max_position_embeddings", Math.max(CONTEXT, length));
        config.put("rms_norm_eps", 1e-5);
        config.put("rope_theta", 10_000.0);
        config.put("tie_word_embeddings", true);
        config.put("eos_token_id", like.endOfText().getFirst());
        return Json.MAPPER.writeValueAsBytes(config);
    }
}
