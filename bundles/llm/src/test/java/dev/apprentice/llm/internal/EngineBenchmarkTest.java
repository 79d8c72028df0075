package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.model.Benchmark;
import dev.apprentice.model.Benchmark.Kind;
import dev.apprentice.model.Benchmark.Report;
import dev.apprentice.model.Benchmark.Request;
import dev.apprentice.model.Benchmark.Shape;
import dev.apprentice.model.ModelException;
import dev.apprentice.testkit.PlainAlgebra;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineBenchmarkTest {
    @TempDir
    private Path nativeCache;

    private Benchmark benchmark() {
        return new EngineBenchmark(TestModel.KERNELS, new PlainAlgebra(), nativeCache, Optional.empty());
    }

    @Test
    void everyKindIsMeasuredOnAModelOfTheRealShape() {
        List<String> progress = new ArrayList<>();

        Report report = benchmark()
                .run(new Request(List.of(Kind.values()), List.of(Shape.EMBEDDED_16M), "Q4_0"), progress::add);

        assertThat(report.machine().readBandwidth()).isBetween(0.1, 2000.0);
        assertThat(report.machine().matrixPeak()).isGreaterThan(1);
        assertThat(report.results())
                .extracting(Benchmark.Result::bench)
                .containsExactly(
                        "decode",
                        "prefill 128",
                        "prefill 512",
                        "train 512",
                        "pretrain 512",
                        "lora decode",
                        "dora decode",
                        "lora prefill 128",
                        "lora prefill 512",
                        "sparse 0 %",
                        "sparse 25 %",
                        "sparse 50 %",
                        "sparse 70 %",
                        "sparse 90 %");
        assertThat(report.results()).allSatisfy(result -> {
            assertThat(result.tokensPerSecond()).isGreaterThan(1);
            assertThat(result.weightType()).isEqualTo(result.bench().equals("pretrain 512") ? "BF16" : "Q4_0");
        });
        assertThat(report.results().getFirst().bandwidthFraction()).isPresent();
        assertThat(report.results().getLast().ratio()).isPresent();
        assertThat(progress).contains("decode of 16m", "lora of 16m");
    }

    @Test
    void anUnknownWeightTypeOrShapeIsRefused() {
        assertThatThrownBy(() -> benchmark().run(new Request(List.of(), List.of(), "Q3"), line -> {}))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("Q3");
        assertThatThrownBy(() -> Shape.parse("70b"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("8b, 1b or 16m");
    }
}
