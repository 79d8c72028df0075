package dev.apprentice.kernels.cpu;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Quantizer;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;

/**
 * Prints GFLOP/s of the matrix products, and GB/s of weights, the limit where tokens are few. Arguments: threads, then numbers of
 * tokens.
 */
final class GemmBench {
    private static final long NANOS = 300_000_000;

    private GemmBench() {}

    public static void main(String[] arguments) {
        int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1;
        Kernels kernels = CpuKernels.create(threads);
        System.out.println(kernels.description());
        int[] counts = arguments.length > 1
                ? Arrays.stream(arguments).skip(1).mapToInt(Integer::parseInt).toArray()
                : new int[] {1, 8, 32, 256, 2048};
        for (int tokens : counts) {
            for (DataType type : DataType.values()) {
                if (384 % type.blockElements() == 0) {
                    products(kernels, type, tokens, 1024, 384);
                }
            }
            products(kernels, DataType.F32, tokens, 8192, 384);
            products(kernels, DataType.Q4_0, tokens, 4096, 4096);
            for (DataType type : new DataType[] {DataType.F32, DataType.BF16}) {
                products(kernels, type, tokens, 16, 2048);
                products(kernels, type, tokens, 2048, 16);
            }
        }
    }

    private static void products(Kernels kernels, DataType type, int tokens, int out, int in) {
        try (Arena arena = Arena.ofShared()) {
            Tensor x = random(arena, tokens, in);
            Tensor y = random(arena, tokens, out);
            Tensor dx = Tensor.allocate(arena, tokens, in);
            Tensor dWeight = Tensor.allocate(arena, out, in);
            Matrix weight = Quantizer.convert(arena, random(arena, out, in).asMatrix(), type);
            double flops = 2.0 * tokens * out * in;
            double multiply = seconds(() -> kernels.multiply(weight, x, y));
            double add = seconds(() -> kernels.multiplyAdd(weight, x, 0.5f, y));
            double transposed = seconds(() -> kernels.multiplyTransposedAdd(weight, y, 1e-6f, dx));
            double outer = seconds(() -> kernels.outerProductAdd(y, x, 1e-6f, dWeight));
            System.out.printf(
                    "%-5s n=%-5d %dx%-5d multiply %6.1f (%5.1f GB/s, %7.2f µs)  multiplyAdd %6.1f  transposed %6.1f  outer %6.1f%n",
                    type,
                    tokens,
                    out,
                    in,
                    flops / multiply / 1e9,
                    weight.data().byteSize() / multiply / 1e9,
                    multiply * 1e6,
                    flops / add / 1e9,
                    flops / transposed / 1e9,
                    flops / outer / 1e9);
        }
    }

    private static Tensor random(Arena arena, int rows, int columns) {
        Tensor tensor = Tensor.allocate(arena, rows, columns);
        Random random = new Random(1);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                tensor.set(row, column, random.nextFloat() - 0.5f);
            }
        }
        return tensor;
    }

    /** The fastest of as many runs as fit. */
    private static double seconds(Runnable operation) {
        long fastest = Long.MAX_VALUE;
        long start = System.nanoTime();
        while (System.nanoTime() - start < NANOS) {
            long before = System.nanoTime();
            operation.run();
            fastest = Math.min(fastest, System.nanoTime() - before);
        }
        return fastest * 1e-9;
    }
}
