package dev.apprentice.algebra.nd4j.internal;

import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.deeplearning4j.config.DL4JClassLoading;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.config.ND4JClassLoading;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Starts ND4J's native backend, once per class loader.
 *
 * <p>System properties that are set already are left as they are. OpenBLAS reads {@code OPENBLAS_CORETYPE} from the
 * environment when it loads, which Java cannot change for its own process: a launch script may set it (SkylakeX where
 * the CPU has AVX-512), but only matrix products gain by it, and the ones of the guard network are tiny.
 */
final class Nd4jBackend {
    /**
     * One core nearly saturates the memory, and the detector's matrices are small. Several threads spin while they wait
     * for each other, which made fitting a detector ten times slower on a busy machine.
     */
    private static final int THREADS = 1;

    private Nd4jBackend() {}

    /** Loads the natives, unpacked below {@code cache} (by default below the user's home), and limits their threads. */
    static void start(@Nullable Path cache) {
        ClassLoader ours = Nd4jBackend.class.getClassLoader();
        setProperties(cache);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try {
            // both libraries look up their services by these, and by default only in the application's class path
            thread.setContextClassLoader(ours);
            ND4JClassLoading.setNd4jClassloader(ours);
            DL4JClassLoading.setDl4jClassloader(ours);
            Nd4j.factory().blas().setMaxThreads(THREADS);
            NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(THREADS);
        } catch (RuntimeException | LinkageError e) {
            throw new AlgebraException(
                    AlgebraException.Code.NATIVES,
                    "ND4J's native libraries do not load on " + Loader.getPlatform() + " (unpacked below "
                            + System.getProperty("org.bytedeco.javacpp.cachedir", "~/.javacpp/cache")
                            + "): build this bundle on the platform it shall run on, make that folder writable with 400 MB free,"
                            + " and start Java with --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow",
                    e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static void setProperties(@Nullable Path cache) {
        if (cache != null) {
            setIfAbsent("org.bytedeco.javacpp.cachedir", cache.toAbsolutePath().toString());
        }
        // JavaCPP counts the memory of the whole process, base model included, and would refuse to allocate
        setIfAbsent("org.bytedeco.javacpp.maxbytes", "0");
        setIfAbsent("org.bytedeco.javacpp.maxphysicalbytes", "0");
        setIfAbsent("org.nd4j.log.initialization", "false");
        setIfAbsent("org.nd4j.versioncheck", "false");
    }

    private static void setIfAbsent(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }
}
