package dev.apprentice.kernels.cpu;

import dev.apprentice.compute.Kernels;
import dev.apprentice.kernels.cpu.internal.VectorKernels;

/** Makes the fastest kernels that this JVM can run. */
public final class CpuKernels {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final System.Logger LOG = System.getLogger(CpuKernels.class.getName());

    private CpuKernels() {}

    /**
     * Kernels that use at most the given number of threads, the caller's included, until they are closed if they are
     * {@link AutoCloseable}.
     */
    public static Kernels create(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("Kernels need at least 1 thread, but got " + threads);
        }
        if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Kernels run as scalar loops, tens of times slower, because the module " + VECTOR_MODULE
                            + " is missing: start Java with --add-modules=" + VECTOR_MODULE);
            return new ScalarKernels();
        }
        VectorKernels kernels = new VectorKernels(threads);
        LOG.log(
                System.Logger.Level.INFO,
                "Kernels: " + kernels.description() + ". Without the module " + VECTOR_MODULE
                        + " they would be scalar loops; apprentice.threads sets the number of threads");
        return kernels;
    }
}
