package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.compute.DataType;
import dev.apprentice.llm.Models;
import dev.apprentice.llm.internal.gguf.GgufFile;
import dev.apprentice.llm.internal.gguf.GgufTokenizer;
import dev.apprentice.llm.internal.gguf.GgufValue;
import dev.apprentice.llm.internal.gguf.GgufWriter;
import dev.apprentice.model.ModelException;
import dev.apprentice.testkit.Golden;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Tokenizers made from the vocabularies of GGUF files. */
class GgufTokenizerTest {
    private static final Path CACHE = Path.of(System.getProperty("java.io.tmpdir"), "apprentice-native");

    @TempDir
    Path folder;

    private GgufFile written(GgufWriter writer) throws IOException {
        Path file = folder.resolve("tokenizer.gguf");
        writer.write(file);
        return GgufFile.parse("tokenizer.gguf", ModelBytes.map(file).data());
    }

    private static ByteLevelTokenizer tokenizer(GgufFile file, int size) {
        String config = """
            {"architectures": ["LlamaForCausalLM"], "hidden_size": 64, "intermediate_size": 64, "num_hidden_layers": 1,
             "num_attention_heads": 1, "max_position_embeddings": 64, "eos_token_id": 0, "vocab_size": %d}
            """.formatted(size);
        return ByteLevelTokenizer.parse(
                GgufTokenizer.of(file), ModelConfig.parse(config.getBytes(StandardCharsets.UTF_8)), CACHE);
    }

    private static int[] ids(JsonNode example) {
        return example.path("ids").valueStream().mapToInt(JsonNode::intValue).toArray();
    }

    @Test
    void theEmbeddedTokenizerRebuiltFromItsVocabularyGivesTheReferencesIds() {
        Path path = folder.resolve("model.gguf");
        Models.exportGguf(TestModel.DIRECTORY, Optional.empty(), path);
        GgufFile whole = GgufFile.parse("model.gguf", ModelBytes.map(path).data());
        Map<String, GgufValue> metadata = new LinkedHashMap<>(whole.metadata());
        assertThat(metadata.remove("tokenizer.huggingface.json")).isNotNull();
        assertThat(whole.text("tokenizer.ggml.pre")).hasValue("llama-bpe");

        ByteLevelTokenizer rebuilt = tokenizer(new GgufFile("model.gguf", metadata, whole.tensors()), 8192);

        JsonNode examples = Golden.json("tokenizer.json");
        assertThat(examples.size()).isPositive();
        for (JsonNode example : examples) {
            String text = example.path("text").stringValue();
            assertThat(rebuilt.encode(text)).as(text).isEqualTo(ids(example));
            assertThat(rebuilt.decode(ids(example))).isEqualTo(text);
        }
        assertThat(rebuilt.special("<|fim_middle|>")).hasValue(8187);
        assertThat(IntStream.of(rebuilt.encode("a<|im_end|>"))).allMatch(id -> id < 8184);
        assertThat(rebuilt.decode(new int[] {8184, 87, 8191})).isEqualTo("x");

        ByteLevelTokenizer original = TestModel.load(DataType.BF16).tokenizer();
        Random random = new Random(11);
        for (int i = 0; i < 300; i++) {
            String text = randomText(random);
            assertThat(rebuilt.encode(text)).as(text).isEqualTo(original.encode(text));
        }
    }

    /** Code points of all planes, with many spaces, digits, line ends and apostrophes among them. */
    private static String randomText(Random random) {
        String often = "   \n\r\t'sabeEST0123456789.,;(){}<|>▁é世\u0301\u00a0\u3000";
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(40); length > 0; length--) {
            int point = random.nextInt(4) == 0
                    ? random.nextInt(0x20000)
                    : often.codePointAt(random.nextInt(often.length()));
            text.appendCodePoint(Character.getType(point) == Character.SURROGATE ? '?' : point);
        }
        return text.toString();
    }

    /** All bytes and a few tokens that tell the rules apart: pieces that the rules cut are not merged. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "gpt-2|1234|1234",
                "gpt-2|'T|' T",
                "llama-bpe|1234|123 4",
                "llama-bpe|'T|'T",
                "qwen2|1234|1 2 3 4",
                "qwen2|'T|'T",
                "smollm|1234|1 2 3 4",
                "starcoder|'t|'t",
                "tekken|1234|1 2 3 4",
                "tekken|aB|a B",
                "llama-bpe|aB|aB",
                "qwen2|e\u0301|é",
                "llama-bpe|e\u0301|e \u0301",
            })
    void textsAreCutByTheRulesOfTheirName(String pre, String text, String pieces) throws IOException {
        List<String> tokens = new ArrayList<>();
        Map<Integer, String> spelled = new LinkedHashMap<>();
        for (int value = 0, next = 256; value < 256; value++) {
            boolean printable = value > 32 && value < 127 || value > 160 && value != 173;
            spelled.put(value, Character.toString(printable ? value : next++));
        }
        tokens.addAll(spelled.values());
        List<String> merges = new ArrayList<>();
        for (String token : List.of("12", "123", "1234", "'T", "'t", "aB", "é", "\u0301")) {
            String spelling = "";
            for (byte value : token.getBytes(StandardCharsets.UTF_8)) {
                String one = Objects.requireNonNull(spelled.get(value & 255));
                if (!spelling.isEmpty() && !tokens.contains(spelling + one)) {
                    merges.add(spelling + " " + one);
                    tokens.add(spelling + one);
                }
                spelling += one;
            }
        }
        GgufFile file = written(new GgufWriter()
                .put("tokenizer.ggml.model", "gpt2")
                .put("tokenizer.ggml.pre", pre)
                .putTexts("tokenizer.ggml.tokens", tokens)
                .putTexts("tokenizer.ggml.merges", merges));
        ByteLevelTokenizer tokenizer = tokenizer(file, tokens.size());

        List<String> found = Arrays.stream(tokenizer.encode(text))
                .mapToObj(id -> new String(tokenizer.bytes(id), StandardCharsets.UTF_8))
                .toList();

        assertThat(found).containsExactly(pieces.split(" ", -1));
    }

    private static JsonNode sentencePiece() throws IOException {
        try (InputStream in = Objects.requireNonNull(
                GgufTokenizerTest.class.getResourceAsStream("/sentencepiece.json"), "test resource")) {
            return Json.MAPPER.readTree(in.readAllBytes());
        }
    }

    private static GgufWriter sentencePieceFile(JsonNode golden) {
        float[] scores = new float[golden.path("scores").size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = golden.path("scores").path(i).floatValue();
        }
        return new GgufWriter()
                .put("tokenizer.ggml.model", "llama")
                .putTexts(
                        "tokenizer.ggml.tokens",
                        golden.path("pieces")
                                .valueStream()
                                .map(JsonNode::stringValue)
                                .toList())
                .putFloats("tokenizer.ggml.scores", scores)
                .putIntegers(
                        "tokenizer.ggml.token_type",
                        golden.path("types")
                                .valueStream()
                                .mapToInt(JsonNode::intValue)
                                .toArray());
    }

    /** A vocabulary and ids made by SentencePiece 0.2.2: byte pairs with byte fallback, trained on this project's documentation and code. */
    @Test
    void sentencePieceVocabulariesGiveTheReferencesIds() throws IOException {
        JsonNode golden = sentencePiece();
        ByteLevelTokenizer tokenizer = tokenizer(written(sentencePieceFile(golden)), 700);
        assertThat(golden.path("examples").size()).isPositive();
        for (JsonNode example : golden.path("examples")) {
            String text = example.path("text").stringValue();
            assertThat(tokenizer.encode(text)).as(text).isEqualTo(ids(example));
            if (!text.contains("▁")) { // which is written for a space and so read as one
                assertThat(tokenizer.decode(ids(example))).isEqualTo(text);
            }
        }
        assertThat(tokenizer.special("</s>")).isEqualTo(OptionalInt.of(2));
        assertThat(tokenizer.decode(new int[] {1, 2})).isEmpty();
    }

    @Test
    void sentencePieceIdsAreThoseOfMergingTheBestPairFirst() throws IOException {
        JsonNode golden = sentencePiece();
        ByteLevelTokenizer tokenizer = tokenizer(written(sentencePieceFile(golden)), 700);
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            String text = randomText(random);
            if (!text.isEmpty()) {
                assertThat(tokenizer.encode(text)).as(text).isEqualTo(bestPairFirst(golden, text));
            }
        }
    }

    private static int[] bestPairFirst(JsonNode golden, String text) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (int id = 0; id < golden.path("pieces").size(); id++) {
            if (golden.path("types").path(id).intValue() == 1) {
                ids.put(golden.path("pieces").path(id).stringValue(), id);
            }
        }
        List<String> symbols = new ArrayList<>(("▁" + text.replace(' ', '▁'))
                .codePoints()
                .mapToObj(Character::toString)
                .toList());
        while (true) {
            int best = -1;
            double bestScore = Double.NEGATIVE_INFINITY;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                Integer id = ids.get(symbols.get(i) + symbols.get(i + 1));
                double score = id == null
                        ? Double.NEGATIVE_INFINITY
                        : golden.path("scores").path(id).doubleValue();
                if (score > bestScore) {
                    best = i;
                    bestScore = score;
                }
            }
            if (best < 0) {
                break;
            }
            symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
        }
        return symbols.stream()
                .flatMapToInt(symbol -> {
                    Integer id = ids.get(symbol);
                    return id != null
                            ? IntStream.of(id)
                            : IntStream.range(0, symbol.getBytes(StandardCharsets.UTF_8).length)
                                    .map(i -> 4
                                            + (symbol.getBytes(StandardCharsets.UTF_8)[i] & 255)); // <0x00> is token 4
                })
                .toArray();
    }

    @ParameterizedTest
    @CsvSource({"t5, gpt-2, t5", "gpt2, klingon, klingon"})
    void unknownKindsAreRefusedByName(String model, String pre, String named) throws IOException {
        GgufFile file = written(new GgufWriter()
                .put("tokenizer.ggml.model", model)
                .put("tokenizer.ggml.pre", pre)
                .putTexts("tokenizer.ggml.tokens", List.of("a"))
                .putTexts("tokenizer.ggml.merges", List.of()));
        assertThatThrownBy(() -> GgufTokenizer.of(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(named);
    }
}
