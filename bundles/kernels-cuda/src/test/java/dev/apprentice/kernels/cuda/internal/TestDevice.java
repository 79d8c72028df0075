package dev.apprentice.kernels.cuda.internal;

import static org.junit.jupiter.api.Assumptions.abort;

/** The GPU for tests, which are skipped where there is none. */
final class TestDevice {
    private TestDevice() {}

    static CudaDevice open() {
        try {
            return CudaDevice.open();
        } catch (Unavailable e) {
            return abort("This needs an NVIDIA GPU, but " + e.getMessage());
        }
    }
}
