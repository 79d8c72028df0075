package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class KeyValueTypesTest {
    private static final Path CORE = Path.of("../base-model/src/main/resources/core/core.txt");

    /** Texts of the core set to read; {@code -Dapprentice.test.texts=100000} reads all. */
    private static final int TEXTS = Integer.getInteger("apprentice.test.texts", 16);

    @Test
    void roundedKeysAndValuesForetellAlmostAsWellInLessMemory() throws IOException {
        LlamaModel model = TestModel.load(DataType.BF16);
        ModelConfig config = model.transformer().config();
        List<int[]> texts = BundledReferenceTexts.snippets(Files.readString(CORE)).stream()
                .limit(TEXTS)
                .map(text -> model.tokenizer().encode(text))
                .filter(tokens -> tokens.length > 1 && tokens.length <= config.context())
                .toList();
        long tokens = texts.stream().mapToInt(text -> text.length - 1).sum();
        double exact = texts.stream()
                .mapToDouble(text -> nats(model, text, DataType.F32))
                .sum();
        for (DataType type : new DataType[] {DataType.F32, DataType.F16, DataType.Q8_0}) {
            double sum =
                    texts.stream().mapToDouble(text -> nats(model, text, type)).sum();
            System.out.printf(
                    Locale.ROOT,
                    "keys and values in %s: %d bytes a token, perplexity %.4f over %d tokens of the core set (%+.4f)%n",
                    type,
                    KeyValueCache.tokenBytes(config, type),
                    Math.exp(sum / tokens),
                    tokens,
                    Math.exp(sum / tokens) - Math.exp(exact / tokens));
            assertThat(Math.abs(sum - exact) / tokens).isLessThan(type == DataType.Q8_0 ? 5e-3 : 5e-4);
        }
        assertThat(KeyValueCache.tokenBytes(config, DataType.F16))
                .isEqualTo(KeyValueCache.tokenBytes(config, DataType.F32) / 2);
        assertThat(KeyValueCache.tokenBytes(config, DataType.Q8_0))
                .isEqualTo(KeyValueCache.tokenBytes(config, DataType.F32) * 34 / 128);
    }

    /** Sum of the nats of a text that is read block by block over keys and values of a type. */
    private static double nats(LlamaModel model, int[] tokens, DataType type) {
        Transformer transformer = model.transformer();
        double sum = 0;
        try (Session session = new Session(transformer, model.baseNetwork(), type, 1);
                Arena arena = Arena.ofShared()) {
            for (int from = 0; from < tokens.length - 1; from += 32) {
                int[] read = Arrays.copyOfRange(tokens, from, Math.min(from + 32, tokens.length - 1));
                Tensor logits = Tensor.allocate(arena, read.length, model.info().vocabulary());
                transformer.head(model.weights(), session.read(read), logits);
                float[] losses = new float[read.length];
                int[] targets = Arrays.copyOfRange(tokens, from + 1, from + 1 + read.length);
                transformer.kernels().score(logits, targets, losses, new int[read.length]);
                for (float loss : losses) {
                    sum += loss;
                }
            }
        }
        return sum;
    }
}
