package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.InputMajorMatrix;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/** y = x Wᵀ of one token in C, leaving out inputs that are 0; they are rounded to 8 bits as in {@link NativeGemv}. */
final class NativeActiveGemv {
    /** Floats that the C library's list of 32 activations takes; it wants two empty lists more. */
    private static final int LIST_FLOATS = 27;

    private static final int LISTS_AHEAD = 2;

    private NativeActiveGemv() {}

    static void run(NativeFunctions functions, WorkerPool pool, InputMajorMatrix weight, Tensor x, Tensor y) {
        int lists = weight.inputs() / InputMajorMatrix.INPUTS + LISTS_AHEAD;
        try (Scratch scratch = Scratch.borrow()) {
            MemorySegment active = scratch.memory((long) lists * LIST_FLOATS);
            functions.listActive(x.data().address(), x.columns(), active.address());
            int tasks = Math.ceilDiv(weight.outputs(), InputMajorMatrix.OUTPUTS);
            pool.run(tasks, (long) weight.outputs() * weight.inputs(), task -> {
                int first = task * InputMajorMatrix.OUTPUTS;
                functions.multiplyActive(
                        weight.data().address() + weight.panel(first, 0),
                        Math.min(InputMajorMatrix.OUTPUTS, weight.outputs() - first),
                        weight.inputs(),
                        active.address(),
                        y.data().address() + 4L * first);
            });
        } finally {
            Reference.reachabilityFence(weight);
            Reference.reachabilityFence(x);
            Reference.reachabilityFence(y);
        }
    }
}
