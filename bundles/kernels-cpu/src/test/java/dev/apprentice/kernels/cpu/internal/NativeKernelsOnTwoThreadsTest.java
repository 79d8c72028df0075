package dev.apprentice.kernels.cpu.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Quantizer;
import dev.apprentice.compute.Tensor;
import dev.apprentice.testkit.KernelsContract;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@EnabledIf("dev.apprentice.kernels.cpu.internal.TestLibrary#runsHere")
class NativeKernelsOnTwoThreadsTest extends KernelsContract {
    private static final NativeKernels KERNELS = new NativeKernels(TestLibrary.load(), 2);

    NativeKernelsOnTwoThreadsTest() {
        super(KERNELS);
    }

    @AfterAll
    static void close() {
        KERNELS.close();
    }

    @Override
    protected double roundingPerTerm(DataType type, int tokens) {
        return TestLibrary.roundingPerTerm(type, tokens);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16", "Q8_0", "Q4_0"})
    void theResultDoesNotDependOnTheNumberOfThreads(DataType type) {
        try (Arena arena = Arena.ofShared();
                NativeKernels one = new NativeKernels(TestLibrary.load(), 1);
                NativeKernels three = new NativeKernels(TestLibrary.load(), 3)) {
            Matrix weight = Quantizer.convert(arena, random(arena, 720, 288).asMatrix(), type);
            for (int tokens : new int[] {1, 5, 600}) {
                Tensor x = random(arena, tokens, 288);
                Tensor expected = forwardAndBack(one, arena, weight, x);
                for (Kernels kernels : new Kernels[] {KERNELS, three}) {
                    Tensor actual = forwardAndBack(kernels, arena, weight, x);
                    assertThat(actual.data().mismatch(expected.data())).isEqualTo(-1);
                }
            }
        }
    }

    private static Tensor forwardAndBack(Kernels kernels, Arena arena, Matrix weight, Tensor x) {
        Tensor y = Tensor.allocate(arena, x.rows(), weight.rows());
        Tensor back = Tensor.allocate(arena, x.rows(), x.columns());
        kernels.multiply(weight, x, y);
        kernels.multiplyTransposedAdd(weight, y, 0.1f, back);
        return back;
    }

    private static Tensor random(Arena arena, int rows, int columns) {
        Tensor tensor = Tensor.allocate(arena, rows, columns);
        Random random = new Random(7);
        for (long i = 0; i < (long) rows * columns; i++) {
            tensor.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() - 0.5f);
        }
        return tensor;
    }
}
