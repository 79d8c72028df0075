package dev.apprentice.llm.internal.gguf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.databind.node.ArrayNode;

/** The tokens of a file, by id. */
record GgufVocabulary(List<String> tokens, List<TokenKind> kinds) {
    private static final String TOKENS = "tokenizer.ggml.tokens";
    private static final String KINDS = "tokenizer.ggml.token_type";
    private static final List<String> MARKERS = List.of("bos", "eos", "eot", "eom", "padding", "unknown");

    /** Work on a token grows with the square of its length. */
    private static final int LONGEST = 1024;

    static GgufVocabulary of(GgufFile file) {
        List<String> tokens = file.texts(TOKENS).orElseThrow(() -> file.fault("lacks " + TOKENS));
        for (String token : tokens) {
            if (token.length() > LONGEST) {
                throw file.fault("has a token of " + token.length() + " characters in " + TOKENS + ", but at most "
                        + LONGEST + " are read");
            }
        }
        int[] types = file.integers(KINDS).orElse(null);
        List<TokenKind> kinds = new ArrayList<>(Collections.nCopies(tokens.size(), TokenKind.NORMAL));
        if (types == null) {
            for (String marker : MARKERS) {
                OptionalLong id = file.whole("tokenizer.ggml." + marker + "_token_id");
                if (id.isPresent() && id.getAsLong() >= 0 && id.getAsLong() < tokens.size()) {
                    kinds.set((int) id.getAsLong(), TokenKind.CONTROL);
                }
            }
            return new GgufVocabulary(tokens, kinds);
        }
        if (types.length != tokens.size()) {
            throw file.fault("has " + types.length + " entries in " + KINDS + " for " + tokens.size() + " tokens");
        }
        for (int i = 0; i < types.length; i++) {
            int type = types[i];
            kinds.set(
                    i,
                    Arrays.stream(TokenKind.values())
                            .filter(kind -> kind.id() == type)
                            .findFirst()
                            .orElseThrow(() -> file.fault("has the unknown kind " + type + " in " + KINDS)));
        }
        return new GgufVocabulary(tokens, kinds);
    }

    /** The markers and the texts that are one token, as {@code tokenizer.json} lists them. */
    void addTo(ArrayNode added) {
        for (int id = 0; id < tokens.size(); id++) {
            TokenKind kind = kinds.get(id);
            if (kind == TokenKind.CONTROL || kind == TokenKind.USER_DEFINED) {
                added.addObject()
                        .put("id", id)
                        .put("content", tokens.get(id))
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false)
                        .put("special", kind == TokenKind.CONTROL);
            }
        }
    }
}
