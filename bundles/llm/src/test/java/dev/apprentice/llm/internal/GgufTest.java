package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Dequantizer;
import dev.apprentice.compute.Matrix;
import dev.apprentice.llm.Models;
import dev.apprentice.llm.internal.gguf.GgufFile;
import dev.apprentice.llm.internal.gguf.GgufTensor;
import dev.apprentice.testkit.Golden;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The embedded model written as GGUF and read back. */
class GgufTest {
    private static final Golden GOLDEN = Golden.tensors("forward.safetensors");

    @TempDir
    Path folder;

    private Path export(Optional<DataType> type) {
        Path file = folder.resolve("model.gguf");
        Models.exportGguf(TestModel.DIRECTORY, type, file);
        return file;
    }

    private static LlamaModel load(Path file) {
        return (LlamaModel) Models.load(file, TestModel.KERNELS);
    }

    private static Matrix linear(LlamaModel model, int layer, String target) {
        return Objects.requireNonNull(
                        model.weights().layers().get(layer).linear().get(target), target)
                .weight();
    }

    @Test
    void theModelIsTheSameInEveryRespect() throws Exception {
        Path file = export(Optional.empty());
        LlamaModel original = (LlamaModel) Models.load(TestModel.DIRECTORY, TestModel.KERNELS);
        LlamaModel back = load(file);
        int[] tokens = GOLDEN.integers("input_ids");

        assertSameLogits(back, original, tokens);
        assertThat(back.info().parameters()).isEqualTo(original.info().parameters());
        assertThat(back.info().weightType()).isEqualTo("BF16");
        assertThat(back.info().tokenizerDigest()).isNotEmpty();
        assertThat(back.info().digest()).isEqualTo(Digests.of(Files.readAllBytes(file)));
        assertThat(back.transformer().config()).isEqualTo(original.transformer().config());
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"Q4_K", "Q5_K", "Q6_K"}) // rows of 384 are no whole blocks of 256
    void everyTypeIsReadBackAsItWasWritten(DataType type) {
        LlamaModel expected = (LlamaModel) Models.load(TestModel.DIRECTORY, type, TestModel.KERNELS);
        LlamaModel back = load(export(Optional.of(type)));

        assertThat(back.info().weightType()).isEqualTo(type.name());
        for (String target : new String[] {"q_proj", "k_proj", "down_proj"}) {
            Matrix written = linear(expected, 3, target);
            Matrix read = linear(back, 3, target);
            assertThat(read.type()).isEqualTo(type);
            assertThat(read.data().mismatch(written.data())).isEqualTo(-1);
        }
        int[] tokens = Arrays.copyOf(GOLDEN.integers("input_ids"), 8);
        assertSameLogits(back, expected, tokens);
    }

    /** But for the order of additions, which the Vector API leaves open until code is compiled. */
    private static void assertSameLogits(LlamaModel model, LlamaModel expected, int[] tokens) {
        double error =
                Golden.relativeError(TestModel.logits(model, tokens, null), TestModel.logits(expected, tokens, null));
        assertThat(error).isLessThan(1e-6);
    }

    @Test
    void weightsStayInTheMappedFile() {
        LlamaModel model = load(export(Optional.of(DataType.Q4_0)));
        assertThat(linear(model, 0, "v_proj").data().isMapped()).isTrue();
        assertThat(linear(model, 0, "down_proj").data().isMapped()).isTrue();
        assertThat(model.weights().embedding().data().isMapped()).isTrue();
        assertThat(linear(model, 0, "q_proj").data().isMapped()).isFalse();
    }

    @Test
    void rowsOfQueriesLieInTheFileAsLlamaCppHasThem() {
        GgufFile file = GgufFile.parse(
                "model.gguf", ModelBytes.map(export(Optional.empty())).data());
        LlamaModel original = TestModel.load(DataType.BF16);
        GgufTensor written = Objects.requireNonNull(file.tensors().get("blk.2.attn_k.weight"), "tensor");
        assertThat(written.shape()).containsExactly(128L, 384L);
        float[] row = new float[384];
        float[] expected = new float[384];
        Matrix stored = new Matrix(written.type(), 128, 384, written.data());
        Matrix huggingFace = linear(original, 2, "k_proj");
        for (int head = 0; head < 2; head++) {
            for (int i = 0; i < 32; i++) { // a pair that is turned together lies side by side
                for (int j = 0; j < 2; j++) {
                    Dequantizer.row(stored, 64 * head + 2 * i + j, row);
                    Dequantizer.row(huggingFace, 64 * head + 32 * j + i, expected);
                    assertThat(row).isEqualTo(expected);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"Q8_0, 0.02", "Q4_0, 0.25", "Q4_1, 0.25", "Q4_G128, 0.25", "F16, 0.01"})
    void quantisedFilesLoseLittle(DataType type, double tolerance) {
        int[] tokens = GOLDEN.integers("input_ids");
        double loss = load(export(Optional.of(type))).score(tokens, 1, null).meanNats();
        double expected = Double.parseDouble(GOLDEN.metadata("loss_mean_next_token"));
        assertThat(loss).isCloseTo(expected, within(tolerance));
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama3", "llamaLinear", "mistral", "qwen2", "qwen3"})
    void everyArchitectureIsReadBackAsItWasWritten(String name) {
        TinyModel tiny = TinyModel.named(name);
        LlamaModel original = tiny.load();
        Path file = folder.resolve(name + ".gguf");
        GgufExport.write(name, HuggingFaceSource.open(tiny.files()), Optional.empty(), file);
        LlamaModel back = load(file);

        int[] tokens = ArchitecturesTest.tokens(30);
        assertSameLogits(back, original, tokens);
        double error = Golden.relativeError(
                TestModel.logits(back, tokens, null), PaperModel.of(tiny).logits(tokens));
        assertThat(error).isLessThan(1e-4);
        assertThat(back.info().architecture()).isEqualTo(original.info().architecture());
        assertThat(back.info().parameters()).isEqualTo(original.info().parameters());
    }

    @Test
    void theDigestOfAFileIsComputedOnce() throws Exception {
        Path store = folder.resolve("cache/base-digests");
        Path file = export(Optional.empty());
        ModelBytes bytes = ModelBytes.map(file);
        int[] calls = {0};
        LoadProgress progress = (name, done, total) -> calls[0]++;

        BaseIdentity first = BaseIdentity.of(List.of(bytes), Optional.of(store), progress);
        first.keep();
        assertThat(first.known()).isFalse();
        assertThat(calls[0]).isPositive();
        calls[0] = 0;
        BaseIdentity second = BaseIdentity.of(List.of(bytes), Optional.of(store), progress);
        assertThat(second.known()).isTrue();
        assertThat(second.digest()).isEqualTo(first.digest());
        assertThat(calls[0]).isZero();

        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        assertThat(BaseIdentity.of(List.of(bytes), Optional.of(store), progress).known())
                .isFalse();
    }

    @Test
    void memoryThatIsMissingIsSaidBeforeLoading() {
        TensorSource tensors = ModelSource.open(TestModel.DIRECTORY).tensors();
        MemoryNeed.require(tensors, Optional.empty(), OptionalLong.of(32 << 20));
        assertThatThrownBy(() -> MemoryNeed.require(tensors, Optional.of(DataType.F32), OptionalLong.of(32 << 20)))
                .hasMessageContaining("needs 61 MiB")
                .hasMessageContaining("only 32 MiB")
                .hasMessageContaining("29 MiB too few");
    }
}
