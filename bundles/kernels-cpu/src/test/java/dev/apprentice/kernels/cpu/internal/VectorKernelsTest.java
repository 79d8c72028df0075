package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.testkit.KernelsContract;
import org.junit.jupiter.api.AfterAll;

class VectorKernelsTest extends KernelsContract {
    private static final VectorKernels KERNELS = new VectorKernels(1);

    VectorKernelsTest() {
        super(KERNELS);
    }

    @AfterAll
    static void close() {
        KERNELS.close();
    }
}
