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
import org.junit.jupiter.api.Test;

class VectorKernelsOnTwoThreadsTest extends KernelsContract {
    private static final VectorKernels KERNELS = new VectorKernels(2);

    VectorKernelsOnTwoThreadsTest() {
        super(KERNELS);
    }

    @AfterAll
    static void close() {
        KERNELS.close();
    }

    @Test
    void theResultDoesNotDependOnTheNumberOfThreads() {
        try (Arena arena = Arena.ofShared();
                VectorKernels one = new VectorKernels(1);
                VectorKernels three = new VectorKernels(3)) {
            Matrix weight = Quantizer.convert(arena, random(arena, 160, 96).asMatrix(), DataType.Q8_0);
            Matrix narrow = random(arena, 16, 160).asMatrix();
            Tensor x = random(arena, 600, 96);
            Tensor expected = product(one, arena, weight, narrow, x);
            for (Kernels kernels : new Kernels[] {KERNELS, three}) {
                Tensor actual = product(kernels, arena, weight, narrow, x);
                assertThat(actual.data().mismatch(expected.data())).isEqualTo(-1);
            }
        }
    }

    private static Tensor product(Kernels kernels, Arena arena, Matrix weight, Matrix narrow, Tensor x) {
        Tensor wide = Tensor.allocate(arena, x.rows(), weight.rows());
        Tensor result = Tensor.allocate(arena, x.rows(), narrow.rows());
        kernels.multiply(weight, x, wide);
        kernels.multiply(narrow, wide, result);
        return result;
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
