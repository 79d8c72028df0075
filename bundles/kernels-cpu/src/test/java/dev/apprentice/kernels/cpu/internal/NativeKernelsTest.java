package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.testkit.KernelsContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf("dev.apprentice.kernels.cpu.internal.TestLibrary#runsHere")
class NativeKernelsTest extends KernelsContract {
    private static final NativeKernels KERNELS = new NativeKernels(TestLibrary.load(), 1);

    NativeKernelsTest() {
        super(KERNELS);
    }

    @AfterAll
    static void close() {
        KERNELS.close();
    }

    @Override
    protected double roundingPerTerm(DataType type, int tokens) {
        return TestLibrary.roundingPerTerm(type, tokens);
    }
}
