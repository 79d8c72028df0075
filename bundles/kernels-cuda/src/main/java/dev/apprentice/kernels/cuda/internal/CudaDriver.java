package dev.apprentice.kernels.cuda.internal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.EnumMap;
import java.util.Map;

/**
 * NVIDIA's driver, called as it is: https://docs.nvidia.com/cuda/cuda-driver-api. Handles and addresses of the device are numbers. Every
 * call that does not succeed becomes a {@link CudaException}.
 */
final class CudaDriver {
    static final String LIBRARY = "libcuda.so.1";

    private static final Linker LINKER = Linker.nativeLinker();

    /** What is called; all return a status. */
    @SuppressWarnings("ImmutableEnumChecker") // layouts are immutable, and nobody else sees the array
    enum Function {
        INIT("cuInit", JAVA_INT),
        DRIVER_VERSION("cuDriverGetVersion", ADDRESS),
        DEVICE_COUNT("cuDeviceGetCount", ADDRESS),
        DEVICE("cuDeviceGet", ADDRESS, JAVA_INT),
        DEVICE_NAME("cuDeviceGetName", ADDRESS, JAVA_INT, JAVA_INT),
        DEVICE_ATTRIBUTE("cuDeviceGetAttribute", ADDRESS, JAVA_INT, JAVA_INT),
        RETAIN_CONTEXT("cuDevicePrimaryCtxRetain", ADDRESS, JAVA_INT),
        RELEASE_CONTEXT("cuDevicePrimaryCtxRelease_v2", JAVA_INT),
        SET_CONTEXT("cuCtxSetCurrent", JAVA_LONG),
        MEMORY("cuMemGetInfo_v2", ADDRESS, ADDRESS),
        ALLOCATE("cuMemAlloc_v2", ADDRESS, JAVA_LONG),
        FREE("cuMemFree_v2", JAVA_LONG),
        ALLOCATE_PINNED("cuMemHostAlloc", ADDRESS, JAVA_LONG, JAVA_INT),
        FREE_PINNED("cuMemFreeHost", ADDRESS),
        COPY_UP_AT_ONCE("cuMemcpyHtoD_v2", JAVA_LONG, ADDRESS, JAVA_LONG),
        COPY_UP("cuMemcpyHtoDAsync_v2", JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG),
        COPY_DOWN("cuMemcpyDtoHAsync_v2", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG),
        CREATE_STREAM("cuStreamCreate", ADDRESS, JAVA_INT),
        SYNCHRONISE("cuStreamSynchronize", JAVA_LONG),
        DESTROY_STREAM("cuStreamDestroy_v2", JAVA_LONG),
        LOAD_MODULE("cuModuleLoadDataEx", ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS),
        UNLOAD_MODULE("cuModuleUnload", JAVA_LONG),
        MODULE_FUNCTION("cuModuleGetFunction", ADDRESS, JAVA_LONG, ADDRESS),
        LAUNCH(
                "cuLaunchKernel",
                JAVA_LONG,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_LONG,
                ADDRESS,
                ADDRESS),
        ERROR_NAME("cuGetErrorName", JAVA_INT, ADDRESS);

        private final String symbol;
        private final MemoryLayout[] parameters;

        Function(String symbol, MemoryLayout... parameters) {
            this.symbol = symbol;
            this.parameters = parameters;
        }

        private MethodHandle in(SymbolLookup library) throws Unavailable {
            MemorySegment address = library.find(symbol)
                    .orElseThrow(() -> new Unavailable(
                            LIBRARY + " has no " + symbol + ": update the NVIDIA driver to 440 or newer", null));
            return LINKER.downcallHandle(address, FunctionDescriptor.of(JAVA_INT, parameters))
                    .asSpreader(Object[].class, parameters.length)
                    .asType(MethodType.methodType(int.class, Object[].class));
        }
    }

    private final Map<Function, MethodHandle> functions = new EnumMap<>(Function.class);

    private CudaDriver(SymbolLookup library) throws Unavailable {
        for (Function function : Function.values()) {
            functions.put(function, function.in(library));
        }
    }

    /** The driver of this machine, ready for use. */
    static CudaDriver load() throws Unavailable {
        SymbolLookup library;
        try {
            library = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new Unavailable(
                    "there is no " + LIBRARY + ": install the NVIDIA driver if this machine has such a card", e);
        } catch (IllegalCallerException e) {
            throw new Unavailable(
                    "native access is not allowed: start Java with --enable-native-access=ALL-UNNAMED", e);
        }
        CudaDriver driver = new CudaDriver(library);
        try {
            driver.call(Function.INIT, "start the driver", 0);
        } catch (CudaException e) {
            throw new Unavailable(
                    "the NVIDIA driver does not start (" + e.getMessage() + "): see whether nvidia-smi finds a card",
                    e);
        }
        return driver;
    }

    /** Calls a function that must succeed. */
    void call(Function function, String attempted, Object... arguments) {
        int status = status(function, arguments);
        if (status != 0) {
            throw new CudaException(status, name(status), attempted);
        }
    }

    /** The number that a function writes where its first argument points. */
    long number(Function function, String attempted, Object... others) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(JAVA_LONG); // zeros, so that an int is right too
            Object[] arguments = new Object[others.length + 1];
            arguments[0] = result;
            System.arraycopy(others, 0, arguments, 1, others.length);
            call(function, attempted, arguments);
            return result.get(JAVA_LONG, 0);
        }
    }

    private int status(Function function, Object... arguments) {
        try {
            return (int) handle(function).invokeExact(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e); // C functions throw nothing
        }
    }

    private MethodHandle handle(Function function) {
        MethodHandle handle = functions.get(function);
        if (handle == null) {
            throw new IllegalStateException(function.symbol + " was not found");
        }
        return handle;
    }

    private String name(int status) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(ADDRESS);
            boolean known = status(Function.ERROR_NAME, status, text) == 0;
            return known ? text.get(ADDRESS, 0).reinterpret(128).getString(0) : "an unknown error";
        }
    }
}
