package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Quantizer;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** What the machine can do at this moment: the best of a few tries, as other work only ever slows it down. */
final class MachineSpeed {
    private static final long BLOCK = 256L << 20;
    private static final int TRIES = 8;

    private MachineSpeed() {}

    /** GB/s that threads read together, comparing two halves of blocks much larger than the caches. */
    static double readBandwidth(int threads) {
        double best = 0;
        try (Arena arena = Arena.ofShared()) {
            List<MemorySegment> blocks = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                blocks.add(arena.allocate(BLOCK, 64).fill((byte) 1));
            }
            for (int i = 0; i < TRIES; i++) {
                long start = System.nanoTime();
                List<Thread> readers = blocks.stream()
                        .map(block -> Thread.ofPlatform().start(() -> readAll(block)))
                        .toList();
                for (Thread reader : readers) {
                    reader.join();
                }
                best = Math.max(best, (double) BLOCK * threads / (System.nanoTime() - start));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return best;
    }

    private static void readAll(MemorySegment block) {
        long half = block.byteSize() / 2;
        if (block.asSlice(0, half).mismatch(block.asSlice(half, half)) >= 0) {
            throw new IllegalStateException("The memory of this machine is at fault: two equal halves differ");
        }
    }

    /** GFLOP/s of a BF16 product whose operands stay in the caches. */
    static double matrixPeak(Kernels kernels) {
        int size = 768;
        double best = 0;
        try (Arena arena = Arena.ofShared()) {
            Tensor x = Tensor.allocate(arena, size, size);
            Tensor y = Tensor.allocate(arena, size, size);
            Matrix weight = Quantizer.convert(arena, x.asMatrix(), DataType.BF16);
            for (int i = 0; i < 16 * TRIES; i++) {
                long start = System.nanoTime();
                kernels.multiply(weight, x, y);
                best = Math.max(best, 2.0 * size * size * size / (System.nanoTime() - start));
            }
        }
        return best;
    }
}
