package dev.apprentice.kernels.cuda.internal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.apprentice.kernels.cuda.internal.CudaDriver.Function;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What one call at a time needs on the device: a stream, room for activations on both sides, and a place for launch parameters. Room grows
 * to the largest call so far and stays. The thread must have entered the device.
 */
final class Workspace implements AutoCloseable {
    private static final int PARAMETERS = 10;

    private final CudaDevice device;
    private final CudaDriver driver;
    private final long stream;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment values = arena.allocate(JAVA_LONG, PARAMETERS);
    private final MemorySegment addresses = arena.allocate(ADDRESS, PARAMETERS);
    private final Pinned up = new Pinned();
    private final Pinned down = new Pinned();

    /** Activations as they come. */
    private final Room input = new Room();

    /** Activations rounded to bytes or to float16. */
    final Room rounded = new Room();

    /** What the rounded ones are multiplied with. */
    final Room scales = new Room();

    private final Room output = new Room();

    @SuppressWarnings("MustBeClosedChecker") // close() does
    Workspace(CudaDevice device) {
        this.device = device;
        this.driver = device.driver();
        this.stream =
                driver.number(Function.CREATE_STREAM, "create a stream", 1); // does not wait for the default stream
        for (int i = 0; i < PARAMETERS; i++) {
            addresses.setAtIndex(ADDRESS, i, values.asSlice(8L * i));
        }
    }

    /** Where the device reads activations once, over the bus; the segment may change once this has returned. */
    long stage(MemorySegment activations) {
        MemorySegment staged = up.require(activations.byteSize());
        Copies.copy(activations, staged);
        return staged.address();
    }

    /** Copies activations to {@link #input}; the segment may change once this has returned. */
    long upload(MemorySegment activations) {
        long bytes = activations.byteSize();
        MemorySegment staged = MemorySegment.ofAddress(stage(activations));
        long address = input.require(bytes);
        driver.call(Function.COPY_UP, "copy activations up", address, staged, bytes, stream);
        return address;
    }

    /** Where results are written that are copied down together afterwards. */
    long results(long bytes) {
        return output.require(bytes);
    }

    /** Where results are written over the bus as they come, in lines that are long enough for it. */
    long directResults(long bytes) {
        return down.require(bytes).address();
    }

    /** Waits for all that was launched, and for a copy of the {@link #results}, which stays until the next call. */
    MemorySegment download(long bytes) {
        MemorySegment staged = down.require(bytes);
        driver.call(Function.COPY_DOWN, "copy results down", staged, output.address, bytes, stream);
        driver.call(Function.SYNCHRONISE, "compute a product", stream);
        return staged;
    }

    /** Waits for all that was launched; the {@link #directResults}, which stay until the next call. */
    MemorySegment await(long bytes) {
        driver.call(Function.SYNCHRONISE, "compute a product", stream);
        return down.require(bytes);
    }

    /** Starts a kernel of blocks (across, down) of threads; parameters are Long for addresses and 64-bit numbers, Integer and Float. */
    void launch(long function, int across, int down, int threads, Object... parameters) {
        for (int i = 0; i < parameters.length; i++) {
            switch (parameters[i]) {
                case Long number -> values.set(JAVA_LONG, 8L * i, number);
                case Integer number -> values.set(JAVA_INT, 8L * i, number);
                case Float number -> values.set(JAVA_FLOAT, 8L * i, number);
                default -> throw new IllegalArgumentException("No kernel takes " + parameters[i]);
            }
        }
        driver.call(
                Function.LAUNCH,
                "start a kernel",
                function,
                across,
                down,
                1,
                threads,
                1,
                1,
                0,
                stream,
                addresses,
                MemorySegment.NULL);
    }

    @Override
    public void close() {
        driver.call(Function.DESTROY_STREAM, "destroy a stream", stream);
        for (Room room : new Room[] {input, rounded, scales, output}) {
            room.free();
        }
        up.free();
        down.free();
        arena.close();
    }

    /** Memory of the device. */
    final class Room {
        private long address;
        private long bytes;

        /** Its address, once it has at least so many bytes; what was there is lost if it had fewer. */
        long require(long wanted) {
            if (bytes < wanted) {
                free();
                address = device.allocate(wanted);
                bytes = wanted;
            }
            return address;
        }

        private void free() {
            if (bytes > 0) {
                bytes = 0;
                device.free(address);
            }
        }
    }

    /** Memory of the host that stays where it is, so that the device copies it by itself. */
    private final class Pinned {
        private MemorySegment memory = MemorySegment.NULL;

        MemorySegment require(long wanted) {
            if (memory.byteSize() < wanted) {
                free();
                long address = driver.number(Function.ALLOCATE_PINNED, "pin " + wanted + " bytes", wanted, 0);
                memory = MemorySegment.ofAddress(address).reinterpret(wanted);
            }
            return memory.asSlice(0, wanted);
        }

        private void free() {
            if (memory.byteSize() > 0) {
                MemorySegment old = memory;
                memory = MemorySegment.NULL;
                driver.call(Function.FREE_PINNED, "free pinned memory", old);
            }
        }
    }
}
