package dev.apprentice.kernels.cpu;

import dev.apprentice.compute.Kernels;

/** Makes the fastest kernels that this JVM can run. */
public final class CpuKernels {
    private CpuKernels() {}

    /** Kernels that use at most the given number of threads, the caller's included. */
    public static Kernels create(int threads) {
        return new ScalarKernels();
    }
}
