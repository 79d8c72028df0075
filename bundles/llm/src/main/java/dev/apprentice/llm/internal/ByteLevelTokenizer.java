package dev.apprentice.llm.internal;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.apprentice.model.ModelException;
import dev.apprentice.model.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A byte-pair tokenizer as {@code tokenizer.json} describes it, of the byte-level kind (GPT-2, Llama 3, Qwen) or the one that falls back
 * to bytes (SentencePiece: Llama 2, Mistral).
 */
final class ByteLevelTokenizer implements Tokenizer {
    private final HuggingFaceTokenizer encoder;
    private final TokenBytes bytes;
    private final Map<String, Integer> special;
    private final boolean addsSpace;
    private final int endOfText;
    private final Markers markers;

    private ByteLevelTokenizer(
            HuggingFaceTokenizer encoder,
            TokenBytes bytes,
            Map<String, Integer> special,
            boolean addsSpace,
            int endOfText,
            Markers markers) {
        this.encoder = encoder;
        this.bytes = bytes;
        this.special = special;
        this.addsSpace = addsSpace;
        this.endOfText = endOfText;
        this.markers = markers;
    }

    /**
     * Reads a tokenizer for a model.
     *
     * @param cache folder into which the native library is unpacked
     * @throws ModelException if its vocabulary is not the model's
     */
    static ByteLevelTokenizer parse(byte[] json, ModelConfig config, Path cache) {
        JsonNode root = Json.object(json, ByteLevelTokenizer::fault);
        TokenBytes.Spelling spelling = spelling(root);
        Map<String, Integer> special = new HashMap<>();
        Map<String, Integer> literal = new HashMap<>();
        ArrayNode plainTokens = Json.MAPPER.createArrayNode();
        for (JsonNode token : root.path("added_tokens")) {
            special.put(token.path("content").asString(""), token.path("id").asInt(-1));
            if (token.path("special").isBoolean() && !token.path("special").booleanValue()) {
                literal.put(token.path("content").asString(""), token.path("id").asInt(-1));
                plainTokens.add(token);
            }
        }
        Map<String, Integer> ordinary = new HashMap<>();
        root.path("model")
                .path("vocab")
                .properties()
                .forEach(e -> ordinary.put(e.getKey(), e.getValue().asInt(-1)));
        ordinary.keySet().removeAll(special.keySet());
        requireVocabulary(ordinary, special, config.vocabulary());

        Set<String> control = new HashSet<>(special.keySet());
        control.removeAll(literal.keySet());
        control.remove("");
        // Without its markers the encoder takes their spelling for plain text. Text from outside cannot forge one.
        ObjectNode plain = (ObjectNode) root;
        plain.set("added_tokens", plainTokens);
        return new ByteLevelTokenizer(
                NativeTokenizer.load(Json.MAPPER.writeValueAsBytes(plain), cache),
                tokenBytes(ordinary, literal, spelling, config.vocabulary()),
                Map.copyOf(special),
                addsSpace(root),
                config.endOfText().getFirst(),
                new Markers(control));
    }

    private static TokenBytes.Spelling spelling(JsonNode root) {
        JsonNode model = root.path("model");
        if (model.path("type").asString("none").equals("BPE")) {
            if (steps(root.path("decoder"), "decoders").anyMatch("ByteLevel"::equals)) {
                return TokenBytes.Spelling.BYTE_LEVEL;
            }
            if (model.path("byte_fallback").asBoolean(false)) {
                return TokenBytes.Spelling.BYTE_FALLBACK;
            }
        }
        throw fault("is neither a byte-level byte-pair tokenizer nor one that falls back to bytes");
    }

    /** Whether a space is put before each text, as SentencePiece does, and so belongs to no text that is decoded. */
    private static boolean addsSpace(JsonNode root) {
        return steps(root.path("normalizer"), "normalizers").anyMatch("Prepend"::equals)
                || root.path("pre_tokenizer").path("type").asString("").equals("Metaspace")
                        && !root.path("pre_tokenizer")
                                .path("prepend_scheme")
                                .asString("always")
                                .equals("never");
    }

    /** The types of a step or of a sequence of steps. */
    private static Stream<String> steps(JsonNode step, String list) {
        return Stream.concat(Stream.of(step), step.path(list).valueStream())
                .map(node -> node.path("type").asString(""));
    }

    private static TokenBytes tokenBytes(
            Map<String, Integer> ordinary, Map<String, Integer> literal, TokenBytes.Spelling spelling, int size) {
        try {
            TokenBytes bytes = new TokenBytes(size);
            bytes.put(ordinary, spelling);
            bytes.put(literal, TokenBytes.Spelling.TEXT);
            return bytes;
        } catch (IllegalArgumentException e) {
            throw fault("is not byte-level: " + e.getMessage());
        }
    }

    /** Ids are unique; models have room for more tokens than there are. */
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
        if (ids.isEmpty()) {
            throw fault("has no vocabulary");
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

    /** Ids of a text whose markers are tokens. */
    int[] encodeWithMarkers(String text) {
        return markers.parts(text).stream()
                .flatMapToInt(part -> switch (part) {
                    case Markers.Part.Marker(String spelling) -> special(spelling).stream();
                    case Markers.Part.Plain(String plain) -> Arrays.stream(encode(plain));
                })
                .toArray();
    }

    /** The same text for {@link #encodeWithMarkers}, but none of it is a marker. */
    String withoutMarkers(String text) {
        return markers.guarded(text);
    }

    @Override
    public String decode(int[] tokens) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int token : tokens) {
            out.writeBytes(bytes.of(token));
        }
        String text = out.toString(StandardCharsets.UTF_8);
        return addsSpace && text.startsWith(" ") ? text.substring(1) : text;
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
