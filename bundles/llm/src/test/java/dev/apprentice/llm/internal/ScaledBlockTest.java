package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.AttentionShape;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScaledBlockTest {
    private final Random random = new Random(3);

    private float[] scales(int count) {
        float[] scales = new float[count];
        for (int i = 0; i < count; i++) {
            scales[i] = (float) Math.exp(0.5 * random.nextGaussian());
        }
        return scales;
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama3", "llamaLinear", "qwen2", "qwen3"})
    void aScaledBlockComputesWhatItDid(String name) {
        LlamaModel model = TinyModel.named(name).load();
        ModelConfig config = model.transformer().config();
        AttentionShape attention = config.attention();
        try (Arena arena = Arena.ofShared()) {
            List<Weights.Layer> layers = model.weights().layers().stream()
                    .map(layer -> {
                        ScaledBlock scaled = ScaledBlock.of(layer, arena);
                        for (AwqBlocks.Site site : AwqBlocks.sites(config)) {
                            int channels =
                                    site.maker().equals("v_proj") ? attention.keyValueWidth() : site.channels().length;
                            scaled.scale(site, scales(channels));
                        }
                        return scaled.rounded((target, weight, _) -> weight.asMatrix(), arena);
                    })
                    .toList();
            int[] tokens = IntStream.range(1, 20).map(i -> 37 * i).toArray();
            LlamaModel other = LlamaModel.of(
                    "scaled",
                    "scaled",
                    config,
                    model.weights().withLayers(layers),
                    model.tokenizer(),
                    TestModel.KERNELS,
                    GenerationSettings.DEFAULT);
            float[] expected = TestModel.logits(model, tokens, null);
            float[] actual = TestModel.logits(other, tokens, null);
            for (int i = 0; i < expected.length; i++) {
                assertThat(actual[i]).isCloseTo(expected[i], within(2e-4f * (1 + Math.abs(expected[i]))));
            }
        }
    }
}
