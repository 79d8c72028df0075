package dev.apprentice.kernels.cuda.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Quantizer;
import dev.apprentice.compute.Tensor;
import dev.apprentice.kernels.cpu.CpuKernels;
import dev.apprentice.kernels.cpu.ScalarKernels;
import dev.apprentice.testkit.KernelsContract;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every weight of the contract is held, however small; what is left to the CPU is exact, so that all errors are the GPU's. */
@EnabledIf(value = "dev.apprentice.kernels.cuda.internal.TestDevice#isThere", disabledReason = TestDevice.NEEDED)
class CudaKernelsTest extends KernelsContract {
    private static final CudaKernels KERNELS = new CudaKernels(TestDevice.open(), new ScalarKernels(), 0);

    CudaKernelsTest() {
        super(KERNELS);
    }

    @AfterAll
    static void close() {
        long products = KERNELS.deviceProducts();
        KERNELS.close();
        // sizes · types · products of productsAgreeWithTheFormula alone
        assertThat(products).as("products on the GPU").isGreaterThan(11 * 10 * 5);
    }

    /**
     * Six standard deviations of the error of one term w·x where both are spread evenly over −1…1, so that their root mean square is
     * 0.58. Activations of 8 bits: steps of 1/127 are off by 1/127/√12 = 0.0023, times 0.58 for w. Float16: numbers are off by 0.00014 of
     * themselves, for two factors 0.00014 · √2 · 0.58 · 0.58.
     */
    @Override
    protected double roundingPerTerm(DataType type, int tokens) {
        if (type == DataType.F32) {
            return 0;
        }
        if (tokens > CudaFunctions.FEW) {
            return 6 * 0.000066;
        }
        return type.blockElements() == 1 ? 0 : 6 * 0.0013;
    }

    @ParameterizedTest
    @EnumSource
    void productsWithHeldWeightsRunOnTheDevice(DataType type) {
        try (Arena arena = Arena.ofShared()) {
            Matrix weight = Quantizer.convert(arena, random(arena, 96, 512).asMatrix(), type);
            Matrix other = Quantizer.convert(arena, random(arena, 96, 512).asMatrix(), type);
            KERNELS.hold(weight);
            for (int n : new int[] {1, 5, 70}) {
                Tensor x = random(arena, n, 512);
                Tensor y = Tensor.allocate(arena, n, 96);
                long before = KERNELS.deviceProducts();
                KERNELS.multiply(weight, x, y);
                KERNELS.multiplyAdd(weight, x, 2, y);
                KERNELS.multiplyTransposed(weight, y, x);
                KERNELS.multiplyTransposedAdd(weight, y, 2, x);
                assertThat(KERNELS.deviceProducts()).isEqualTo(before + 4);
                KERNELS.multiply(other, x, y);
                assertThat(KERNELS.deviceProducts()).as("one that is not held").isEqualTo(before + 4);
            }
        }
    }

    /** What is generated must not depend on who else generates at the moment. */
    @ParameterizedTest
    @EnumSource
    void aTokenGetsTheSameAloneAndInCompany(DataType type) {
        try (Arena arena = Arena.ofShared()) {
            Matrix weight = Quantizer.convert(arena, random(arena, 97, 768).asMatrix(), type);
            KERNELS.hold(weight);
            Tensor x = random(arena, CudaFunctions.FEW, 768);
            Tensor together = Tensor.allocate(arena, CudaFunctions.FEW, 97);
            KERNELS.multiply(weight, x, together);
            Tensor alone = Tensor.allocate(arena, 1, 97);
            for (int token = 0; token < CudaFunctions.FEW; token++) {
                KERNELS.multiply(weight, x.rows(token, 1), alone);
                assertThat(together.rows(token, 1).data().mismatch(alone.data()))
                        .isEqualTo(-1);
            }
        }
    }

    /** Rounding to float16 must lose neither small gradients nor large activations. */
    @ParameterizedTest
    @EnumSource(names = {"BF16", "Q4_0"})
    void rowsOfVeryDifferentSizesAreAsExactAsAny(DataType type) {
        try (Arena arena = Arena.ofShared()) {
            Matrix weight = Quantizer.convert(arena, random(arena, 80, 96).asMatrix(), type);
            KERNELS.hold(weight);
            Tensor x = random(arena, 40, 96);
            for (int row = 0; row < 40; row++) {
                for (int column = 0; column < 96; column++) {
                    x.set(row, column, (float) (x.get(row, column) * Math.pow(10, row - 20)));
                }
            }
            Tensor y = Tensor.allocate(arena, 40, 80);
            Tensor expected = Tensor.allocate(arena, 40, 80);
            KERNELS.multiply(weight, x, y);
            new ScalarKernels().multiply(weight, x, expected);
            for (int row = 0; row < 40; row++) {
                double size = Math.pow(10, row - 20);
                for (int column = 0; column < 80; column++) {
                    double error = Math.abs(y.get(row, column) - expected.get(row, column)) / size;
                    assertThat(error).as("row %d", row).isLessThan(0.005);
                }
            }
        }
    }

    @Test
    void whatIsTooLargeToGoAtOnceGoesInParts() {
        try (Arena arena = Arena.ofShared();
                CpuKernelsOfTest cpu = new CpuKernelsOfTest()) {
            Matrix weight = Quantizer.convert(arena, random(arena, 40_000, 64).asMatrix(), DataType.F32);
            KERNELS.hold(weight);
            Tensor x = random(arena, 1000, 64); // 160 MB of results
            Tensor y = Tensor.allocate(arena, 1000, 40_000);
            Tensor expected = Tensor.allocate(arena, 1000, 40_000);
            KERNELS.multiply(weight, x, y);
            cpu.kernels.multiply(weight, x, expected);
            for (int row = 0; row < 1000; row++) {
                for (int column = row % 7; column < 40_000; column += 7) {
                    if (!(Math.abs(y.get(row, column) - expected.get(row, column)) < 1e-4)) {
                        assertThat(y.get(row, column)).as("%d, %d", row, column).isEqualTo(expected.get(row, column));
                    }
                }
            }
        }
    }

    @Test
    void whatIsNotNeededAnyMoreMakesRoom() {
        long before = KERNELS.heldBytes();
        try (Arena arena = Arena.ofShared()) {
            KERNELS.hold(random(arena, 1000, 1000).asMatrix());
            Matrix kept = random(arena, 10, 10).asMatrix();
            KERNELS.hold(kept);
        }
        Matrix next = random(Arena.ofAuto(), 10, 10).asMatrix();
        KERNELS.hold(next);
        assertThat(KERNELS.heldBytes()).isLessThanOrEqualTo(before + 400);
    }

    private static Tensor random(Arena arena, int rows, int columns) {
        Tensor tensor = Tensor.allocate(arena, rows, columns);
        Random random = new Random(rows);
        for (long i = 0; i < (long) rows * columns; i++) {
            tensor.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, 2 * random.nextFloat() - 1);
        }
        return tensor;
    }

    /** The fastest kernels of the CPU. */
    private static final class CpuKernelsOfTest implements AutoCloseable {
        private final Kernels kernels = CpuKernels.create(2);

        @Override
        public void close() {
            if (kernels instanceof AutoCloseable closeable) {
                try {
                    closeable.close();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }
}
