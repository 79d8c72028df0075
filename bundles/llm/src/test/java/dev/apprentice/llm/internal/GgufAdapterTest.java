package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.llm.internal.gguf.GgufFile;
import dev.apprentice.llm.internal.gguf.GgufTensor;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.AdapterSpec;
import dev.apprentice.model.ModelException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** LoRA files for llama.cpp. */
class GgufAdapterTest {
    @TempDir
    Path folder;

    private GgufFile written(LlamaModel model, Adapter adapter) throws Exception {
        Path file = folder.resolve("adapter.gguf");
        model.writeGgufAdapter(adapter, file);
        return GgufFile.parse("adapter.gguf", MemorySegment.ofArray(Files.readAllBytes(file)));
    }

    private static float[] tensor(GgufFile file, String name, Integer... shape) {
        GgufTensor tensor = Objects.requireNonNull(file.tensors().get(name), name);
        assertThat(tensor.shape().stream().map(Long::intValue)).containsExactly(shape);
        return TestModel.floats(MemorySegment.ofArray(tensor.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED)));
    }

    private static float[] ours(LlamaModel model, Adapter adapter, String target, int part) {
        return model.layout(adapter).slots().stream()
                .filter(slot -> slot.layer() == 1 && slot.target().equals(target))
                .map(slot -> TestModel.floats(slot.parts().get(part).in(adapter.values())))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"llama, llama", "mistral, llama", "qwen2, qwen2", "qwen3, qwen3"})
    void plainLoraIsThereInTheOrderOfTheArchitecture(String name, String architecture) throws Exception {
        TinyModel tiny = TinyModel.named(name);
        LlamaModel model = tiny.load();
        AdapterSpec spec = new AdapterSpec(2, 3, AdapterSpec.LINEAR_LAYERS);
        Adapter adapter = GradientsTest.randomised(model, model.freshAdapter(spec, 3));
        GgufFile file = written(model, adapter);

        assertThat(file.text("general.type")).contains("adapter");
        assertThat(file.text("adapter.type")).contains("lora");
        assertThat(file.text("general.architecture")).contains(architecture);
        assertThat(file.real("adapter.lora.alpha")).hasValue(3);
        assertThat(file.tensors()).hasSize(2 * 7 * TinyModel.LAYERS);
        assertThat(tensor(file, "blk.1.attn_q.weight.lora_a", 2, TinyModel.WIDTH))
                .isEqualTo(ours(model, adapter, "q_proj", 0));
        assertThat(tensor(file, "blk.1.ffn_down.weight.lora_b", TinyModel.WIDTH, 2))
                .isEqualTo(ours(model, adapter, "down_proj", 1));
        for (String target : List.of("q_proj", "k_proj")) {
            int heads = target.equals("q_proj") ? tiny.heads() : tiny.keyValueHeads();
            int rows = heads * tiny.headDim();
            float[] b = ours(model, adapter, target, 1);
            String theirs = "blk.1.attn_" + target.charAt(0) + ".weight.lora_b";
            assertThat(tensor(file, theirs, rows, 2))
                    .isEqualTo(architecture.equals("llama") ? swapped(b, heads, tiny.headDim()) : b);
        }
    }

    /** reshape(heads, 2, headDim/2, 2).swapaxes(1, 2), as llama.cpp's converter has it. */
    private static float[] swapped(float[] b, int heads, int headDim) {
        float[] swapped = new float[b.length];
        int at = 0;
        for (int head = 0; head < heads; head++) {
            for (int i = 0; i < headDim / 2; i++) {
                for (int half = 0; half < 2; half++) {
                    for (int column = 0; column < 2; column++) {
                        swapped[at++] = b[(head * headDim + half * headDim / 2 + i) * 2 + column];
                    }
                }
            }
        }
        return swapped;
    }

    /** What llama.cpp computes, alpha/rank · B, is our scale · B for every layer, also those of another rank. */
    @Test
    void otherScalesComeToTheSame() throws Exception {
        LlamaModel model = TinyModel.QWEN_2.load();
        Adapter adapter = GradientsTest.randomised(model, model.freshAdapter(TestSpecs.RS_LORA, 3));
        GgufFile file = written(model, adapter);
        double alpha = file.real("adapter.lora.alpha").orElseThrow();
        assertThat(alpha).isCloseTo(2 * Math.sqrt(3), within(1e-6));
        double[] scales = {5 / Math.sqrt(1), 2 / Math.sqrt(3)};
        String[] names = {"blk.1.ffn_up.weight.lora_b", "blk.1.attn_q.weight.lora_b"};
        String[] targets = {"up_proj", "q_proj"};
        int[] ranks = {1, 3};
        for (int i = 0; i < 2; i++) {
            float[] ours = ours(model, adapter, targets[i], 1);
            float[] theirs = tensor(file, names[i], ours.length / ranks[i], ranks[i]);
            for (int j = 0; j < ours.length; j++) {
                assertThat(alpha / ranks[i] * theirs[j]).isCloseTo(scales[i] * ours[j], within(1e-6));
            }
        }
    }

    @Test
    void whatSuchFilesCannotHoldIsRefused() {
        LlamaModel model = TinyModel.QWEN_2.load();
        Path file = folder.resolve("adapter.gguf");
        assertThatThrownBy(() -> model.writeGgufAdapter(model.freshAdapter(TestSpecs.DORA, 1), file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("this one is DoRA");
        assertThatThrownBy(() -> model.writeGgufAdapter(model.freshAdapter(TestSpecs.IA3, 1), file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("this one is IA3");
        assertThat(file).doesNotExist();
    }
}
