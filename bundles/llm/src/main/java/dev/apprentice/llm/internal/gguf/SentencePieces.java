package dev.apprentice.llm.internal.gguf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * SentencePiece vocabularies of the byte-pair kind (arXiv 1808.06226), as Llama 1 and 2 and Mistral have: a space is written ▁, bytes
 * without a piece are written {@code <0xNN>}, and of all pairs of neighbours the one whose union has the highest score is merged
 * first. Ranked by that score, the pairs are the merges of an ordinary byte-pair tokenizer.
 */
final class SentencePieces {
    private static final String SPACE = "▁";

    private record Merge(String left, String right, float score, int piece, int leftId, int rightId) {}

    private SentencePieces() {}

    /** Completes a {@code tokenizer.json} that has its added tokens. */
    static void describe(GgufFile file, GgufVocabulary vocabulary, ObjectNode json) {
        ObjectNode normalizer = json.putObject("normalizer").put("type", "Sequence");
        ArrayNode steps = normalizer.putArray("normalizers");
        boolean prefix = !file.metadata().containsKey("tokenizer.ggml.add_space_prefix")
                || file.flag("tokenizer.ggml.add_space_prefix");
        if (prefix) {
            steps.addObject().put("type", "Prepend").put("prepend", SPACE);
        }
        replace(steps, " ", SPACE);
        json.putNull("pre_tokenizer");
        json.putNull("post_processor");
        ArrayNode decoders = json.putObject("decoder").put("type", "Sequence").putArray("decoders");
        replace(decoders, SPACE, " ");
        decoders.addObject().put("type", "ByteFallback");
        decoders.addObject().put("type", "Fuse");
        if (prefix) {
            decoders.addObject()
                    .put("type", "Strip")
                    .put("content", " ")
                    .put("start", 1)
                    .put("stop", 0);
        }
        model(file, vocabulary, json);
    }

    private static void replace(ArrayNode steps, String what, String by) {
        ObjectNode step = steps.addObject().put("type", "Replace");
        step.putObject("pattern").put("String", what);
        step.put("content", by);
    }

    private static void model(GgufFile file, GgufVocabulary vocabulary, ObjectNode json) {
        float[] scores =
                file.floats("tokenizer.ggml.scores").orElseThrow(() -> file.fault("lacks tokenizer.ggml.scores"));
        if (scores.length != vocabulary.tokens().size()) {
            throw file.fault("has " + scores.length + " entries in tokenizer.ggml.scores for "
                    + vocabulary.tokens().size() + " tokens");
        }
        ObjectNode bpe = GgufTokenizer.bpe(json);
        bpe.put("fuse_unk", true);
        bpe.put("byte_fallback", true);
        bpe.put("ignore_merges", false);
        ObjectNode ids = bpe.putObject("vocab");
        Map<String, Integer> pieces = new HashMap<>();
        for (int id = 0; id < scores.length; id++) {
            String token = vocabulary.tokens().get(id);
            switch (vocabulary.kinds().get(id)) {
                case NORMAL -> {
                    GgufTokenizer.put(file, ids, token, id);
                    pieces.put(token, id);
                }
                case BYTE -> GgufTokenizer.put(file, ids, token, id);
                case UNKNOWN -> {
                    GgufTokenizer.put(file, ids, token, id);
                    bpe.put("unk_token", token);
                }
                case CONTROL, USER_DEFINED, UNUSED -> {
                    // added tokens have been listed already, unused ones are no text
                }
            }
        }
        ArrayNode merges = bpe.putArray("merges");
        for (Merge merge : merges(pieces, scores)) {
            merges.addArray().add(merge.left()).add(merge.right());
        }
    }

    private static List<Merge> merges(Map<String, Integer> pieces, float[] scores) {
        List<Merge> merges = new ArrayList<>();
        pieces.forEach((piece, id) -> {
            for (int cut = 1; cut < piece.length(); cut++) {
                Integer left = pieces.get(piece.substring(0, cut));
                Integer right = pieces.get(piece.substring(cut));
                if (left != null && right != null) {
                    merges.add(new Merge(piece.substring(0, cut), piece.substring(cut), scores[id], id, left, right));
                }
            }
        });
        // as Hugging Face converts such a vocabulary: of equal scores, what came first into it
        merges.sort(Comparator.comparingDouble(Merge::score)
                .reversed()
                .thenComparingInt(Merge::piece)
                .thenComparingInt(Merge::leftId)
                .thenComparingInt(Merge::rightId));
        return merges;
    }
}
