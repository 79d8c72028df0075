package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.compute.DataType;
import dev.apprentice.llm.internal.gguf.GgufFile;
import dev.apprentice.llm.internal.gguf.GgufTensor;
import dev.apprentice.model.Benchmark;
import dev.apprentice.model.Benchmark.Kind;
import dev.apprentice.model.Benchmark.Shape;
import dev.apprentice.model.ModelException;
import dev.apprentice.testkit.PlainAlgebra;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a peer is called and understood, by scripts that stand for one; speeds here are made up. */
class LlamaBenchTest {
    @TempDir
    private Path folder;

    private LlamaBench peer(String... lines) throws IOException {
        Path script = folder.resolve("llama-bench");
        Files.writeString(script, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return new LlamaBench(script, 3);
    }

    @Test
    void itIsAskedForOneTestAndItsSpeedIsRead() throws Exception {
        LlamaBench peer = peer(
                "echo \"$@\" > " + folder.resolve("arguments"),
                "echo loading >&2",
                "echo '[{\"build_commit\": \"abc123\", \"n_prompt\": 128, \"avg_ts\": 41.5}]'");
        assertThat(peer.run(Path.of("/m/a.gguf"), 128, 0)).isEqualTo(new Benchmark.Peer("llama-bench abc123", 41.5));
        assertThat(folder.resolve("arguments")).hasContent("-m /m/a.gguf -p 128 -n 0 -t 3 -r 1 -o json\n");
    }

    @Test
    void aPeerThatFailsOrPrintsSomethingElseIsNamedWithWhatItSaid() throws Exception {
        LlamaBench failing = peer("echo 'error: failed to load model' >&2", "exit 1");
        assertThatThrownBy(() -> failing.run(Path.of("/m/a.gguf"), 1, 0))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("ended with 1: error: failed to load model");
        LlamaBench chatting = peer("echo '| model | t/s |'");
        assertThatThrownBy(() -> chatting.run(Path.of("/m/a.gguf"), 1, 0))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("not JSON");
        LlamaBench silent = peer("echo '[]'");
        assertThatThrownBy(() -> silent.run(Path.of("/m/a.gguf"), 1, 0))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("avg_ts");
        assertThatThrownBy(() -> new LlamaBench(folder.resolve("none"), 1))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("none is not a program");
    }

    @Test
    void aBenchmarkTakesTurnsWithIt() throws Exception {
        Path calls = folder.resolve("calls");
        LlamaBench peer = peer("test -s \"$2\" || exit 1", "echo \"$4 $6\" >> " + calls, "echo '[{\"avg_ts\": 1000}]'");
        Benchmark.Report report = new EngineBenchmark(
                        TestModel.KERNELS, new PlainAlgebra(), folder.resolve("native"), Optional.of(peer.program()))
                .run(
                        new Benchmark.Request(List.of(Kind.DECODE, Kind.PREFILL), List.of(Shape.EMBEDDED_16M), "Q4_0"),
                        line -> {});
        assertThat(report.results()).hasSize(3).allSatisfy(result -> {
            assertThat(result.peer()).contains(new Benchmark.Peer("llama-bench", 1000));
            assertThat(result.ratio().orElseThrow()).isEqualTo(result.tokensPerSecond() / 1000);
        });
        assertThat(Files.readAllLines(calls))
                .contains("0 512", "128 0", "512 0")
                .hasSize(12);
        try (var files = Files.list(folder)) {
            assertThat(files.map(Path::toString)).noneMatch(file -> file.endsWith(".gguf"));
        }
    }

    @Test
    void theModelForThePeerHasTheShapeAndTheWeights() throws Exception {
        try (Arena arena = Arena.ofShared()) {
            LlamaModel model = RandomModel.create(
                    Shape.EMBEDDED_16M, DataType.Q4_0, TestModel.KERNELS, arena, folder.resolve("native"));
            Path file = folder.resolve("model.gguf");
            RandomModel.writeWithoutVocabulary(model, file);
            GgufFile read = GgufFile.parse("model.gguf", ModelBytes.map(file).data());
            assertThat(read.whole("llama.block_count")).hasValue(8);
            assertThat(read.text("tokenizer.ggml.model")).contains("no_vocab");
            assertThat(read.tensors()).hasSize(2 + 8 * 9);
            GgufTensor written = Objects.requireNonNull(read.tensors().get("blk.7.ffn_down.weight"));
            Weights.Linear down = Objects.requireNonNull(
                    model.weights().layers().get(7).linear().get("down_proj"));
            assertThat(written.data().mismatch(down.weight().data())).isEqualTo(-1);
        }
    }

    @Test
    void aTypeThatPeersDoNotReadIsRefused() throws Exception {
        Path program = peer("exit 0").program();
        assertThatThrownBy(() -> new EngineBenchmark(
                                TestModel.KERNELS, new PlainAlgebra(), folder.resolve("native"), Optional.of(program))
                        .run(
                                new Benchmark.Request(List.of(Kind.DECODE), List.of(Shape.EMBEDDED_16M), "Q4_G128"),
                                line -> {}))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("Q4_G128");
    }
}
