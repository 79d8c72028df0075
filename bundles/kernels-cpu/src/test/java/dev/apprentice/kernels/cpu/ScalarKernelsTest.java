package dev.apprentice.kernels.cpu;

import dev.apprentice.testkit.KernelsContract;

class ScalarKernelsTest extends KernelsContract {
    ScalarKernelsTest() {
        super(new ScalarKernels());
    }
}
