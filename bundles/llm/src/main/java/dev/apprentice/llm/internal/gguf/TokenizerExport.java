package dev.apprentice.llm.internal.gguf;

import dev.apprentice.model.ModelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Writes a {@code tokenizer.json} as the metadata that other programs read, and as it is beside them. */
public final class TokenizerExport {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** Of pieces that no merge makes, the characters. */
    private static final float LEAST_SCORE = -1e9f;

    private final String whole;
    private final JsonNode json;
    private final int size;
    private final List<String> tokens = new ArrayList<>();
    private final TokenKind[] kinds;

    /**
     * Reads a tokenizer.
     *
     * @param json {@code tokenizer.json}
     * @param size of the vocabulary of the model, which may have room for more tokens than there are
     */
    public TokenizerExport(byte[] json, int size) {
        try {
            this.whole = new String(json, StandardCharsets.UTF_8);
            this.json = MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw fault("is not valid JSON: " + e.getOriginalMessage());
        }
        this.size = size;
        this.kinds = new TokenKind[size];
        Arrays.fill(kinds, TokenKind.UNUSED);
        for (int id = 0; id < size; id++) {
            tokens.add("[unused " + id + "]");
        }
    }

    /** Adds all of it to a file. */
    public void writeTo(GgufWriter writer) {
        boolean byteFallback = json.path("model").path("byte_fallback").asBoolean(false);
        json.path("model")
                .path("vocab")
                .properties()
                .forEach(entry -> put(entry.getKey(), entry.getValue().asInt(-1), kind(entry.getKey(), byteFallback)));
        json.path("added_tokens")
                .forEach(token -> put(
                        token.path("content").asString(""),
                        token.path("id").asInt(-1),
                        token.path("special").asBoolean(true) ? TokenKind.CONTROL : TokenKind.USER_DEFINED));
        writer.put(GgufTokenizer.MODEL, byteFallback ? "llama" : "gpt2");
        if (!byteFallback) {
            writer.put(
                    GgufTokenizer.PRE,
                    PreTokenizer.describedBy(json)
                            .orElseThrow(() -> fault("cuts texts by rules for which GGUF files have no name"))
                            .fileName());
        }
        writer.putTexts("tokenizer.ggml.tokens", tokens);
        writer.putIntegers(
                "tokenizer.ggml.token_type",
                Arrays.stream(kinds).mapToInt(TokenKind::id).toArray());
        if (byteFallback) {
            writer.putFloats("tokenizer.ggml.scores", scores());
            boolean prefix = json.path("normalizer").toString().contains("\"Prepend\"");
            writer.put("tokenizer.ggml.add_space_prefix", new GgufValue.Flag(prefix));
        } else {
            writer.putTexts(GgufTokenizer.MERGES, merges());
        }
        writer.put(GgufTokenizer.HUGGING_FACE, whole);
    }

    private void put(String token, int id, TokenKind kind) {
        if (id < 0 || id >= size) {
            throw fault("holds the token id " + id + " beyond the " + size + " of the model");
        }
        tokens.set(id, token);
        kinds[id] = kind;
    }

    private TokenKind kind(String token, boolean byteFallback) {
        if (token.equals(json.path("model").path("unk_token").asString(""))) {
            return TokenKind.UNKNOWN;
        }
        return byteFallback && token.matches("<0x[0-9A-F]{2}>") ? TokenKind.BYTE : TokenKind.NORMAL;
    }

    /** Pairs, which newer files hold as lists and older ones as texts with a space between. */
    private List<String> merges() {
        List<String> merges = new ArrayList<>();
        for (JsonNode merge : json.path("model").path("merges")) {
            merges.add(
                    merge.isArray()
                            ? merge.path(0).asString("") + " " + merge.path(1).asString("")
                            : merge.asString(""));
        }
        return merges;
    }

    /** The earlier a piece is merged, the higher its score. */
    private float[] scores() {
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < size; id++) {
            ids.put(tokens.get(id), id);
        }
        float[] scores = new float[size];
        Arrays.fill(scores, LEAST_SCORE);
        int rank = 0;
        for (String merge : merges()) {
            Integer id = ids.get(merge.replaceFirst(" ", ""));
            if (id != null && scores[id] == LEAST_SCORE) {
                scores[id] = -rank;
            }
            rank++;
        }
        return scores;
    }

    private static ModelException fault(String what) {
        return new ModelException(
                ModelException.Code.BAD_MODEL, "tokenizer.json " + what + ": export this model in another form");
    }
}
