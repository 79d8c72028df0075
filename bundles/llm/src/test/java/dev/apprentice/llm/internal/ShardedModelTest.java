package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.compute.DataType;
import dev.apprentice.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model in Hugging Face layout whose tensors lie in two safetensors files, and an index that says in which. */
class ShardedModelTest {
    private static final String FIRST = "model-00001-of-00002.safetensors";
    private static final String SECOND = "model-00002-of-00002.safetensors";
    private static final int[] TOKENS = {5, 900, 17, 4000, 17};

    @TempDir
    private Path folder;

    private final Map<String, TinyModel.Weight> first = new LinkedHashMap<>();
    private final Map<String, TinyModel.Weight> second = new LinkedHashMap<>();

    /** Every other tensor goes to the other file, so that each block needs both. */
    @BeforeEach
    void split() throws IOException {
        int number = 0;
        for (Map.Entry<String, TinyModel.Weight> tensor :
                TinyModel.QWEN_3.weights().entrySet()) {
            (number++ % 2 == 0 ? first : second).put(tensor.getKey(), tensor.getValue());
        }
        Files.writeString(folder.resolve("config.json"), TinyModel.QWEN_3.config());
        Files.copy(TestModel.DIRECTORY.resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
        writeShards();
        writeIndex(first, second);
    }

    private void writeShards() throws IOException {
        Files.write(folder.resolve(FIRST), TinyModel.safetensors(first));
        Files.write(folder.resolve(SECOND), TinyModel.safetensors(second));
    }

    private void writeIndex(Map<String, TinyModel.Weight> inFirst, Map<String, TinyModel.Weight> inSecond)
            throws IOException {
        StringBuilder places = new StringBuilder();
        inFirst.keySet().forEach(name -> place(places, name, FIRST));
        inSecond.keySet().forEach(name -> place(places, name, SECOND));
        Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"metadata\": {\"total_size\": 1}, \"weight_map\": {" + places + "}}");
    }

    private static void place(StringBuilder places, String name, String file) {
        places.append(places.isEmpty() ? "" : ", ").append("\"%s\": \"%s\"".formatted(name, file));
    }

    private LlamaModel load() {
        return LlamaModel.load(ModelFiles.inDirectory(folder), DataType.F32, TestModel.KERNELS);
    }

    @Test
    void aSplitModelGivesTheLogitsOfTheWhole() {
        float[] whole = TestModel.logits(TinyModel.QWEN_3.load(), TOKENS, null);
        assertThat(TestModel.logits(load(), TOKENS, null)).isEqualTo(whole);
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        Files.delete(folder.resolve(SECOND));
        assertThatThrownBy(this::load).isInstanceOf(ModelException.class).hasMessageContaining(SECOND);
    }

    @Test
    void aTensorInAnotherFileThanTheIndexSaysIsNamedWithBoth() throws IOException {
        String moved = first.keySet().iterator().next();
        TinyModel.Weight weight = first.get(moved);
        Map<String, TinyModel.Weight> asWritten = new LinkedHashMap<>(first);
        Map<String, TinyModel.Weight> others = new LinkedHashMap<>(second);
        first.remove(moved);
        second.put(moved, weight);
        writeShards();
        writeIndex(asWritten, others);
        assertThatThrownBy(this::load)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(moved)
                .hasMessageContaining(FIRST)
                .hasMessageContaining(SECOND);
    }

    @Test
    void aTensorThatNoFileHoldsIsNamed() throws IOException {
        String lost = second.keySet().iterator().next();
        Map<String, TinyModel.Weight> indexed = new LinkedHashMap<>(second);
        second.remove(lost);
        writeShards();
        writeIndex(first, indexed);
        assertThatThrownBy(this::load)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(lost)
                .hasMessageContaining("lacks");
    }

    @Test
    void aTensorThatTheIndexDoesNotKnowIsRefused() throws IOException {
        Map<String, TinyModel.Weight> fewer = new LinkedHashMap<>(second);
        String unknown = fewer.keySet().iterator().next();
        fewer.remove(unknown);
        writeIndex(first, fewer);
        assertThatThrownBy(this::load).isInstanceOf(ModelException.class).hasMessageContaining(unknown);
    }
}
