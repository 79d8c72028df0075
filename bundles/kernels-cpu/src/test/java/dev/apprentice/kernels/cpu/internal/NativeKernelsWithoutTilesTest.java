package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.testkit.KernelsContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.condition.EnabledIf;

/** What runs on processors without AMX, and is not reached elsewhere on those with it. */
@EnabledIf("dev.apprentice.kernels.cpu.internal.TestLibrary#runsHere")
class NativeKernelsWithoutTilesTest extends KernelsContract {
    private static final NativeKernels KERNELS = new NativeKernels(TestLibrary.load(MatrixUnit.VECTORS), 1);

    NativeKernelsWithoutTilesTest() {
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
