package dev.apprentice.kernels.cuda.internal;

/** A call of the driver that failed; the message names the driver's error and what was attempted. */
public final class CudaException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int OUT_OF_MEMORY = 2;

    private final int status;

    CudaException(int status, String name, String attempted) {
        super("CUDA says " + name + " (" + status + ") to the attempt to " + attempted);
        this.status = status;
    }

    boolean isOutOfMemory() {
        return status == OUT_OF_MEMORY;
    }
}
