package dev.apprentice.kernels.cpu;

import dev.apprentice.compute.Kernels;
import dev.apprentice.kernels.cpu.internal.NativeKernels;
import dev.apprentice.kernels.cpu.internal.NativeLibrary;
import dev.apprentice.kernels.cpu.internal.VectorKernels;
import java.lang.System.Logger.Level;
import java.nio.file.Path;

/** Makes the fastest kernels that this JVM and this processor can run. */
public final class CpuKernels {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final System.Logger LOG = System.getLogger(CpuKernels.class.getName());

    private CpuKernels() {}

    /** The fastest kernels; the native library goes through the folder for temporary files. */
    public static Kernels create(int threads) {
        return create(KernelsChoice.NATIVE, threads, Path.of(System.getProperty("java.io.tmpdir")));
    }

    /**
     * Kernels that use at most the given number of threads, the caller's included, until they are closed if they are
     * {@link AutoCloseable}.
     *
     * @param fastest the first to try
     * @param folder where the native library is unpacked
     */
    public static Kernels create(KernelsChoice fastest, int threads, Path folder) {
        if (threads < 1) {
            throw new IllegalArgumentException("Kernels need at least 1 thread, but got " + threads);
        }
        if (fastest == KernelsChoice.SCALAR) {
            LOG.log(Level.WARNING, "Kernels: scalar loops, tens of times slower, because apprentice.kernels says so");
            return new ScalarKernels();
        }
        if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "Kernels: scalar loops, tens of times slower, because the module " + VECTOR_MODULE
                            + " is missing: start Java with --add-modules=" + VECTOR_MODULE);
            return new ScalarKernels();
        }
        return switch (fastest) {
            case NATIVE -> nativeOrVector(threads, folder);
            case VECTOR, SCALAR -> vector(threads, "apprentice.kernels says so");
        };
    }

    private static Kernels nativeOrVector(int threads, Path folder) {
        try {
            NativeKernels kernels = new NativeKernels(NativeLibrary.load(folder), threads);
            LOG.log(
                    Level.INFO,
                    "Kernels: " + kernels.description() + ". apprentice.kernels=vector would do without C,"
                            + " apprentice.threads sets the number of threads");
            return kernels;
        } catch (NativeLibrary.Unavailable e) {
            return vector(threads, e.reason());
        }
    }

    private static Kernels vector(int threads, String reason) {
        VectorKernels kernels = new VectorKernels(threads);
        LOG.log(
                Level.INFO,
                "Kernels: " + kernels.description() + ", because " + reason
                        + ". apprentice.threads sets the number of threads");
        return kernels;
    }
}
