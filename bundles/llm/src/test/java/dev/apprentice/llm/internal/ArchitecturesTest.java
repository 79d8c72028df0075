package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.compute.Tensor;
import dev.apprentice.model.ModelException;
import dev.apprentice.testkit.Golden;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every architecture against {@link PaperModel}. */
class ArchitecturesTest {
    static int[] tokens(int count) {
        return new Random(5).ints(count, 0, TinyModel.VOCABULARY).toArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama3", "llamaLinear", "mistral", "qwen2", "qwen3"})
    void logitsAgreeWithThePaper(String name) {
        TinyModel tiny = TinyModel.named(name);
        LlamaModel model = tiny.load();
        int[] tokens = tokens(30);
        float[] expected = PaperModel.of(tiny).logits(tokens);

        double error = Golden.relativeError(TestModel.logits(model, tokens, null), expected);
        double stepwise = Golden.relativeError(stepwise(model, tokens), expected);

        System.out.printf(Locale.ROOT, "%s: relative error of logits %.2e, stepwise %.2e%n", name, error, stepwise);
        assertThat(error).isLessThan(1e-4);
        assertThat(stepwise).isLessThan(1e-4);
    }

    private static float[] stepwise(LlamaModel model, int[] tokens) {
        float[] all = new float[tokens.length * TinyModel.VOCABULARY];
        try (Session session = new Session(model.transformer(), model.baseNetwork(), 7);
                Arena arena = Arena.ofShared()) {
            for (int from = 0; from < tokens.length; ) {
                int count = from == 0 ? 7 : 1;
                Tensor logits = Tensor.allocate(arena, count, TinyModel.VOCABULARY);
                Tensor hidden = session.read(Arrays.copyOfRange(tokens, from, from + count));
                model.transformer().head(model.weights(), hidden, logits);
                System.arraycopy(
                        TestModel.floats(logits.data()),
                        0,
                        all,
                        from * TinyModel.VOCABULARY,
                        count * TinyModel.VOCABULARY);
                from += count;
            }
        }
        return all;
    }

    /** What an architecture adds changes its answers, so that the comparison above could fail. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "llama3|\"rope_type\": \"llama3\"|\"rope_type\": \"default\"",
                "llama3|\"factor\": 8.0|\"factor\": 4.0",
                "llamaLinear|\"factor\": 4.0|\"factor\": 1.0",
                "mistral|\"sliding_window\": 5|\"sliding_window\": null",
            })
    void settingsMatter(String name, String old, String replacement) {
        TinyModel tiny = TinyModel.named(name);
        int[] tokens = tokens(30);
        float[] expected = PaperModel.of(tiny).logits(tokens);
        assertThat(tiny.config()).contains(old);
        LlamaModel other = tiny.load(tiny.config().replace(old, replacement));
        assertThat(Golden.relativeError(TestModel.logits(other, tokens, null), expected))
                .isGreaterThan(1e-2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "llama|LlamaForCausalLM|GemmaForCausalLM|GemmaForCausalLM, but supported are only LlamaForCausalLM,"
                        + " Mis",
                "llama3|\"llama3\"|\"yarn\"|rope_type of rope_scaling to yarn, but supported are only default, linear,"
                        + " llama3",
                "llama3|\"factor\": 8.0,|''|rope_scaling without factor",
                "llama3|\"low_freq_factor\": 1.0|\"low_freq_factor\": 5.0|must be below",
                "llama3|\"factor\": 8.0|\"factor\": 0|factor = 0, but expected is a positive",
                "qwen2|\"use_sliding_window\": false|\"use_sliding_window\": true|use_sliding_window",
                "mistral|\"sliding_window\": 5|\"sliding_window\": 0|sliding_window = 0",
                "mistral|\"sliding_window\": 5|\"attention_bias\": true|attention_bias",
                "llamaLinear|\"mlp_bias\": true|\"mlp_bias\": 7|mlp_bias = 7",
                "qwen3|Qwen3|Qwen2|self_attn.q_proj.bias",
                "qwen3|Qwen3|Llama|holds the tensor model.layers.0.self_attn.q_norm.weight",
                "llama|Llama|Qwen3|lacks the tensor model.layers.0.self_attn.q_norm.weight",
                "llama|\"rope_theta\"|\"partial_rotary_factor\": 0.5, \"rope_theta\"|partial_rotary_factor",
            })
    void whatIsNotSupportedIsNamed(String name, String old, String replacement, String reason) {
        TinyModel tiny = TinyModel.named(name);
        assertThat(tiny.config()).contains(old);
        assertThatThrownBy(() -> tiny.load(tiny.config().replace(old, replacement)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(reason);
    }
}
