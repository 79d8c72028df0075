package dev.apprentice.llm.internal;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.apprentice.model.ModelException;
import dev.apprentice.model.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A byte-level BPE tokenizer as {@code tokenizer.json} describes it. */
final class ByteLevelTokenizer implements Tokenizer {
    private final HuggingFaceTokenizer encoder;
    private final TokenBytes bytes;
    private final Map<String, Integer> special;
    private final int endOfText;

    private ByteLevelTokenizer(
            HuggingFaceTokenizer encoder, TokenBytes bytes, Map<String, Integer> special, int endOfText) {
        this.encoder = encoder;
        this.bytes = bytes;
        this.special = special;
        this.endOfText = endOfText;
    }

    /**
     * Reads a tokenizer for a model.
     *
     * @param cache folder into which the native library is unpacked
     * @throws ModelException if its vocabulary is not the model's
     */
    static ByteLevelTokenizer parse(byte[] json, ModelConfig config, Path cache) {
        JsonNode root = Json.object(json, ByteLevelTokenizer::fault);
        if (!root.path("model").path("type").asString("none").equals("BPE")
                || !root.path("decoder").path("type").asString("none").equals("ByteLevel")) {
            throw fault("is not a byte-level BPE tokenizer");
        }
        Map<String, Integer> special = new HashMap<>();
        for (JsonNode token : root.path("added_tokens")) {
            special.put(token.path("content").asString(""), token.path("id").asInt(-1));
        }
        Map<String, Integer> ordinary = new HashMap<>();
        root.path("model")
                .path("vocab")
                .properties()
                .forEach(e -> ordinary.put(e.getKey(), e.getValue().asInt(-1)));
        ordinary.keySet().removeAll(special.keySet());
        requireVocabulary(ordinary, special, config.vocabulary());

        // Without its added tokens the encoder takes their spelling for plain text. Text from outside cannot forge a
        // marker.
        ObjectNode plain = (ObjectNode) root;
        plain.set("added_tokens", Json.MAPPER.createArrayNode());
        return new ByteLevelTokenizer(
                NativeTokenizer.load(Json.MAPPER.writeValueAsBytes(plain), cache),
                tokenBytes(ordinary, config.vocabulary()),
                Map.copyOf(special),
                config.endOfText().getFirst());
    }

    private static TokenBytes tokenBytes(Map<String, Integer> ordinary, int size) {
        try {
            return new TokenBytes(ordinary, size);
        } catch (IllegalArgumentException e) {
            throw fault("is not byte-level: " + e.getMessage());
        }
    }

    private static void requireVocabulary(Map<String, Integer> ordinary, Map<String, Integer> special, int size) {
        List<Integer> ids = new ArrayList<>(ordinary.values());
        ids.addAll(special.values());
        boolean[] seen = new boolean[size];
        for (int id : ids) {
            if (id < 0 || id >= size || seen[id]) {
                throw fault(
                        "holds the token id " + id + " twice or beyond the " + size + " ids of " + ModelFiles.CONFIG);
            }
            seen[id] = true;
        }
        if (ids.size() != size) {
            throw fault("has a vocabulary of " + ids.size() + " tokens, but " + ModelFiles.CONFIG + " says " + size);
        }
    }

    private static ModelException fault(String what) {
        return new ModelException(
                ModelException.Code.BAD_MODEL, ModelFiles.TOKENIZER + " " + what + ": use the tokenizer of this model");
    }

    @Override
    public int[] encode(String text) {
        if (text.isEmpty()) {
            return new int[0];
        }
        long[] ids = encoder.encode(text, false, false).getIds();
        int[] tokens = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            tokens[i] = (int) ids[i];
        }
        return tokens;
    }

    @Override
    public String decode(int[] tokens) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int token : tokens) {
            out.writeBytes(bytes.of(token));
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] bytes(int token) {
        return bytes.of(token).clone();
    }

    @Override
    public OptionalInt special(String name) {
        Integer id = special.get(name);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public int endOfText() {
        return endOfText;
    }
}
