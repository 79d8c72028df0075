package dev.apprentice.kernels.cuda.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import dev.apprentice.kernels.cpu.CpuKernels;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.util.Locale;

/** Times of single products on the GPU and on the CPU: where one becomes faster than the other, and how far either is from its memory. */
public final class CudaBench {
    /** Outputs, inputs. */
    private static final int[][] SHAPES = {
        {384, 1024}, {1024, 1024}, {2048, 2048}, {4096, 4096}, {14_336, 4096}, {4096, 14_336}, {128_256, 4096}
    };

    private static final int[] TOKENS = {1, 8, 128, 512};
    private static final double SECONDS = 0.15;
    private static final PrintStream OUT = System.out;

    private CudaBench() {}

    /** Prints microseconds of a product; arguments are types. */
    public static void main(String[] arguments) throws Exception {
        Kernels cpu = CpuKernels.create(Runtime.getRuntime().availableProcessors());
        try (CudaKernels cuda = new CudaKernels(CudaDevice.open(), cpu, 0)) {
            OUT.println(cuda.description());
            for (String type : arguments) {
                for (int[] shape : SHAPES) {
                    for (int tokens : TOKENS) {
                        measure(cuda, cpu, DataType.valueOf(type), shape, tokens);
                    }
                }
            }
        }
        if (cpu instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }

    private static void measure(Kernels cuda, Kernels cpu, DataType type, int[] shape, int tokens) {
        try (Arena arena = Arena.ofShared()) {
            long bytes = shape[0] * type.rowBytes(shape[1]);
            Matrix weight = new Matrix(type, shape[0], shape[1], arena.allocate(bytes, 64)); // zeros take as long
            Tensor x = Tensor.allocate(arena, tokens, shape[1]);
            Tensor y = Tensor.allocate(arena, tokens, shape[0]);
            cuda.hold(weight);
            double forward = seconds(() -> cuda.multiply(weight, x, y));
            double onCpu = seconds(() -> cpu.multiply(weight, x, y));
            double back = seconds(() -> cuda.multiplyTransposed(weight, y, x));
            OUT.printf(
                    Locale.ROOT,
                    "%-7s %6d x %5d, %3d tokens: GPU %9.1f us (%6.0f GB/s, %7.0f GFLOP/s), CPU %9.1f us; back GPU %9.1f us%n",
                    type,
                    shape[0],
                    shape[1],
                    tokens,
                    1e6 * forward,
                    1e-9 * bytes / forward,
                    2e-9 * tokens * shape[0] * shape[1] / forward,
                    1e6 * onCpu,
                    1e6 * back);
        }
    }

    /** The best of as many runs as fit into a moment, the first left out. */
    private static double seconds(Runnable product) {
        product.run();
        long end = System.nanoTime() + (long) (1e9 * SECONDS);
        long best = Long.MAX_VALUE;
        do {
            long start = System.nanoTime();
            product.run();
            best = Math.min(best, System.nanoTime() - start);
        } while (System.nanoTime() < end);
        return 1e-9 * best;
    }
}
