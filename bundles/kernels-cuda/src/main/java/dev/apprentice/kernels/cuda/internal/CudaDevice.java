package dev.apprentice.kernels.cuda.internal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.apprentice.kernels.cuda.internal.CudaDriver.Function;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.zip.GZIPInputStream;

/** One GPU: its primary context, its memory, and the kernels loaded there. */
public final class CudaDevice implements WeightMemory, AutoCloseable {
    /** What products need beside weights; weights never take it. */
    static final long ROOM_FOR_PRODUCTS = 1L << 30;

    static final List<String> MODULES = List.of("round_rows", "product_few", "product_many", "product_transposed");

    private static final int LEAST_CAPABILITY = 75;
    private static final int CAPABILITY_MAJOR = 75;
    private static final int CAPABILITY_MINOR = 76;
    private static final int NAME_BYTES = 256;
    private static final int ERROR_LOG = 5;
    private static final int ERROR_LOG_BYTES = 6;

    private final CudaDriver driver;
    private final int device;
    private final String name;
    private final int capability;
    private final long context;
    private final List<Long> modules = new ArrayList<>();
    private final CudaFunctions functions;
    private final String description;

    /** The first GPU of the machine, or the first that {@code CUDA_VISIBLE_DEVICES} names. */
    public static CudaDevice open() throws Unavailable {
        CudaDriver driver = CudaDriver.load();
        try {
            if (driver.number(Function.DEVICE_COUNT, "count devices") == 0) {
                throw new Unavailable(
                        "the NVIDIA driver finds no card: look whether CUDA_VISIBLE_DEVICES hides it", null);
            }
            return new CudaDevice(driver, (int) driver.number(Function.DEVICE, "find the first device", 0));
        } catch (CudaException e) {
            throw new Unavailable(
                    e.getMessage() + ": free the card or update its driver, or set apprentice.kernels to native", e);
        }
    }

    private CudaDevice(CudaDriver driver, int device) throws Unavailable {
        this.driver = driver;
        this.device = device;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(NAME_BYTES);
            driver.call(Function.DEVICE_NAME, "ask the device's name", text, NAME_BYTES, device);
            name = text.getString(0);
        }
        capability = 10 * attribute(CAPABILITY_MAJOR) + attribute(CAPABILITY_MINOR);
        if (capability < LEAST_CAPABILITY) {
            throw new Unavailable(
                    name + " has compute capability " + capability / 10 + "." + capability % 10
                            + ", but 7.5 (Turing, 2018) is the least that is supported",
                    null);
        }
        context = driver.number(Function.RETAIN_CONTEXT, "retain the context of " + name, device);
        try {
            enter();
            for (String module : MODULES) {
                modules.add(load(module));
            }
            functions = new CudaFunctions(this::function);
            description = describe();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** What runs, for people. */
    String description() {
        return description;
    }

    private String describe() {
        long version = driver.number(Function.DRIVER_VERSION, "ask the driver's version");
        return name + " (compute capability " + capability / 10 + "." + capability % 10 + ", " + (memory()[1] >> 20)
                + " MiB, driver for CUDA " + version / 1000 + "." + version % 1000 / 10 + ")";
    }

    CudaDriver driver() {
        return driver;
    }

    CudaFunctions functions() {
        return functions;
    }

    /** Makes the device the calling thread's, as every call below and of {@link Workspace} needs. */
    void enter() {
        driver.call(Function.SET_CONTEXT, "make " + name + " current", context);
    }

    /** Bytes that are free, and all. */
    long[] memory() {
        enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sizes = arena.allocate(JAVA_LONG, 2);
            driver.call(Function.MEMORY, "ask how much memory is free", sizes, sizes.asSlice(8));
            return sizes.toArray(JAVA_LONG);
        }
    }

    @Override
    public OptionalLong copy(MemorySegment data) {
        if (memory()[0] < data.byteSize() + ROOM_FOR_PRODUCTS) {
            return OptionalLong.empty();
        }
        long address;
        try {
            address = allocate(data.byteSize());
        } catch (CudaException e) {
            if (e.isOutOfMemory()) {
                return OptionalLong.empty(); // what is free may lie in pieces
            }
            throw e;
        }
        driver.call(Function.COPY_UP_AT_ONCE, "copy a weight to " + name, address, data, data.byteSize());
        driver.call(Function.SYNCHRONISE, "copy a weight to " + name, 0L); // the last part may still be on its way
        return OptionalLong.of(address);
    }

    long allocate(long bytes) {
        return driver.number(Function.ALLOCATE, "allocate " + bytes + " bytes on " + name, bytes);
    }

    @Override
    public void free(long address) {
        enter();
        driver.call(Function.FREE, "free memory of " + name, address);
    }

    private int attribute(int attribute) {
        return (int) driver.number(Function.DEVICE_ATTRIBUTE, "ask an attribute of " + name, attribute, device);
    }

    /** Compiles PTX for this device; the driver keeps the result for the next time. */
    private long load(String module) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment log = arena.allocate(8192);
            MemorySegment options = arena.allocateFrom(JAVA_INT, ERROR_LOG, ERROR_LOG_BYTES);
            MemorySegment values = arena.allocate(ADDRESS, 2);
            values.setAtIndex(ADDRESS, 0, log);
            values.setAtIndex(JAVA_LONG, 1, log.byteSize());
            try {
                return driver.number(
                        Function.LOAD_MODULE,
                        "compile " + module + ".ptx for " + name,
                        arena.allocateFrom(ptx(module)),
                        2,
                        options,
                        values);
            } catch (CudaException e) {
                throw new IllegalStateException(e.getMessage() + ": " + log.getString(0), e);
            }
        }
    }

    static String ptx(String module) {
        try (InputStream packed = CudaDevice.class.getResourceAsStream("/ptx/" + module + ".ptx.gz")) {
            if (packed == null) {
                throw new IllegalStateException("This build holds no " + module + ".ptx.gz: run build-ptx.sh");
            }
            return new String(new GZIPInputStream(packed).readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long function(String module, String function) {
        try (Arena arena = Arena.ofConfined()) {
            return driver.number(
                    Function.MODULE_FUNCTION,
                    "find " + function,
                    modules.get(MODULES.indexOf(module)),
                    arena.allocateFrom(function));
        }
    }

    @Override
    public void close() {
        enter();
        for (long module : modules) {
            driver.call(Function.UNLOAD_MODULE, "unload kernels of " + name, module);
        }
        driver.call(Function.RELEASE_CONTEXT, "release " + name, device);
    }
}
