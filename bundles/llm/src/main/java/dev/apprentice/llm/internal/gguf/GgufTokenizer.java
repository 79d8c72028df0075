package dev.apprentice.llm.internal.gguf;

import dev.apprentice.model.ModelException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The tokenizer of a file in the terms of Hugging Face's {@code tokenizer.json}. */
public final class GgufTokenizer {
    /** The whole {@code tokenizer.json}, which some files bring along. */
    static final String HUGGING_FACE = "tokenizer.huggingface.json";

    static final String MODEL = "tokenizer.ggml.model";
    static final String PRE = "tokenizer.ggml.pre";
    static final String MERGES = "tokenizer.ggml.merges";
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private GgufTokenizer() {}

    /**
     * The {@code tokenizer.json} of a file: the one it brings along, or one made from its vocabulary.
     *
     * @throws ModelException if the kind of the tokenizer is not known
     */
    public static byte[] of(GgufFile file) {
        return file.text(HUGGING_FACE)
                .map(json -> json.getBytes(StandardCharsets.UTF_8))
                .orElseGet(() -> fromVocabulary(file));
    }

    private static byte[] fromVocabulary(GgufFile file) {
        String model = file.text(MODEL).orElse("(none)");
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("version", "1.0");
        json.putNull("truncation");
        json.putNull("padding");
        GgufVocabulary vocabulary = GgufVocabulary.of(file);
        vocabulary.addTo(json.putArray("added_tokens"));
        switch (model) {
            case "gpt2" -> byteLevel(file, vocabulary, json);
            case "llama" -> SentencePieces.describe(file, vocabulary, json);
            default ->
                throw file.fault("has the tokenizer " + model + ", but read are gpt2 (byte-level) and llama"
                        + " (SentencePiece byte pairs)");
        }
        return MAPPER.writeValueAsBytes(json);
    }

    private static void byteLevel(GgufFile file, GgufVocabulary vocabulary, ObjectNode json) {
        String name = file.text(PRE).orElse("gpt-2");
        PreTokenizer pre = PreTokenizer.of(name)
                .orElseThrow(() ->
                        file.fault("cuts texts by the rules " + name + ", but known are " + PreTokenizer.known()));
        if (pre.composes()) {
            json.putObject("normalizer").put("type", "NFC");
        } else {
            json.putNull("normalizer");
        }
        json.set("pre_tokenizer", pre.toJson());
        json.putNull("post_processor");
        json.putObject("decoder")
                .put("type", "ByteLevel")
                .put("add_prefix_space", true)
                .put("trim_offsets", true)
                .put("use_regex", true);
        ObjectNode bpe = bpe(json);
        bpe.put("fuse_unk", false);
        bpe.put("byte_fallback", false);
        bpe.put("ignore_merges", pre.ignoresMerges());
        ObjectNode ids = bpe.putObject("vocab");
        for (int id = 0; id < vocabulary.tokens().size(); id++) {
            if (vocabulary.kinds().get(id) == TokenKind.NORMAL) {
                put(file, ids, vocabulary.tokens().get(id), id);
            }
        }
        List<String> merges = file.texts(MERGES).orElseThrow(() -> file.fault("lacks " + MERGES));
        ArrayNode pairs = bpe.putArray("merges");
        for (String merge : merges) {
            int space = merge.indexOf(' ', 1);
            if (space < 0
                    || !ids.has(merge.substring(0, space))
                    || !ids.has(merge.substring(space + 1))
                    || !ids.has(merge.substring(0, space) + merge.substring(space + 1))) {
                throw file.fault(
                        "has '" + merge + "' in " + MERGES + ", which is no pair of tokens that together are a token");
            }
            pairs.addArray().add(merge.substring(0, space)).add(merge.substring(space + 1));
        }
    }

    /** Adds a token that must not be there yet. */
    static void put(GgufFile file, ObjectNode ids, String token, int id) {
        if (ids.has(token)) {
            throw file.fault("has the token '" + token + "' twice, as " + ids.get(token) + " and as " + id);
        }
        ids.put(token, id);
    }

    /** The model of a {@code tokenizer.json} that merges pairs, with what every kind of it has. */
    static ObjectNode bpe(ObjectNode json) {
        ObjectNode bpe = json.putObject("model");
        bpe.put("type", "BPE");
        bpe.putNull("dropout");
        bpe.putNull("unk_token");
        bpe.putNull("continuing_subword_prefix");
        bpe.putNull("end_of_word_suffix");
        return bpe;
    }
}
