package dev.apprentice.llm.internal.gguf;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** How text is cut before byte pairs are merged, by the names that GGUF files have for it ({@code tokenizer.ggml.pre}). */
enum PreTokenizer {
    GPT2(List.of("gpt-2", "phi-2"), Digits.IN_WORDS, "", false, false),
    STARCODER(List.of("smollm", "starcoder"), Digits.APART, "", false, false),
    LLAMA3(
            List.of("llama-bpe", "llama3", "llama-v3"),
            Digits.IN_WORDS,
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            true,
            false),
    QWEN2(
            List.of("qwen2", "deepseek-r1-qwen"),
            Digits.IN_WORDS,
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            false,
            true),
    TEKKEN(
            List.of("tekken"),
            Digits.IN_WORDS,
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
                    + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            true,
            false);

    private enum Digits {
        IN_WORDS,
        APART
    }

    private final List<String> names;
    private final Digits digits;
    private final String pattern;
    private final boolean ignoresMerges;
    private final boolean composes;

    /**
     * @param pattern what is a piece; empty for that of GPT-2, which the byte-level step of the tokenizer library knows
     * @param ignoresMerges whether a piece that is a token as a whole is taken before any merge
     * @param composes whether characters are composed first (Unicode's form C)
     */
    PreTokenizer(List<String> names, Digits digits, String pattern, boolean ignoresMerges, boolean composes) {
        this.names = names;
        this.digits = digits;
        this.pattern = pattern;
        this.ignoresMerges = ignoresMerges;
        this.composes = composes;
    }

    /** The one of a name. */
    static Optional<PreTokenizer> of(String name) {
        return List.of(values()).stream()
                .filter(known -> known.names.contains(name))
                .findFirst();
    }

    static List<String> known() {
        return List.of(values()).stream().flatMap(known -> known.names.stream()).toList();
    }

    /** The one that a {@code tokenizer.json} describes, if there is one. */
    static Optional<PreTokenizer> describedBy(JsonNode tokenizer) {
        JsonNode wanted = tokenizer.path("pre_tokenizer");
        return List.of(values()).stream()
                .filter(known -> {
                    JsonNode steps = known.toJson().path("pretokenizers");
                    return wanted.path("pretokenizers").equals(steps)
                            || steps.size() == 1 && wanted.equals(steps.path(0));
                })
                .findFirst();
    }

    String fileName() {
        return names.getFirst();
    }

    boolean ignoresMerges() {
        return ignoresMerges;
    }

    boolean composes() {
        return composes;
    }

    ObjectNode toJson() {
        ObjectNode sequence = JsonNodeFactory.instance.objectNode();
        sequence.put("type", "Sequence");
        ArrayNode steps = sequence.putArray("pretokenizers");
        if (digits == Digits.APART) {
            steps.addObject().put("type", "Digits").put("individual_digits", true);
        }
        if (!pattern.isEmpty()) {
            ObjectNode split = steps.addObject().put("type", "Split");
            split.putObject("pattern").put("Regex", pattern);
            split.put("behavior", "Isolated").put("invert", false);
        }
        steps.addObject()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", pattern.isEmpty());
        return sequence;
    }
}
