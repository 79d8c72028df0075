package dev.apprentice.kernels.cuda.internal;

/** The GPU for tests. */
final class TestDevice {
    /** Why tests are skipped. */
    static final String NEEDED = "This needs an NVIDIA GPU of compute capability 7.5 or above, and its driver";

    private TestDevice() {}

    static boolean isThere() {
        try {
            CudaDevice.open().close();
            return true;
        } catch (Unavailable e) {
            return false;
        }
    }

    static CudaDevice open() {
        try {
            return CudaDevice.open();
        } catch (Unavailable e) {
            throw new AssertionError(e);
        }
    }
}
