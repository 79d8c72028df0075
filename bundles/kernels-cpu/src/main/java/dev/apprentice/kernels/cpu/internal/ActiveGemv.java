package dev.apprentice.kernels.cpu.internal;

import static dev.apprentice.compute.InputMajorMatrix.INPUTS;
import static dev.apprentice.compute.InputMajorMatrix.LINE_BYTES;
import static dev.apprentice.compute.InputMajorMatrix.OUTPUTS;

import dev.apprentice.compute.InputMajorMatrix;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;

/** y = x Wᵀ of one token, leaving out inputs that are 0: what an input adds to 128 outputs at a time. */
final class ActiveGemv {
    private static final int PARTS = Lanes.BYTES.length() / Lanes.COUNT;

    private ActiveGemv() {}

    static void run(WorkerPool pool, InputMajorMatrix weight, Tensor x, Tensor y) {
        int tasks = Math.ceilDiv(weight.outputs(), OUTPUTS);
        pool.run(tasks, (long) weight.outputs() * weight.inputs(), task -> {
            try (Scratch scratch = Scratch.borrow()) {
                outputs(weight, x, task * OUTPUTS, scratch.left(OUTPUTS), scratch.right(OUTPUTS), y);
            }
        });
    }

    /** @param steps sums of (q − 8)·x of the inputs of one panel, not yet scaled */
    private static void outputs(InputMajorMatrix weight, Tensor x, int first, float[] sums, float[] steps, Tensor y) {
        Arrays.fill(sums, 0, OUTPUTS, 0);
        for (int in = 0; in < weight.inputs(); in += INPUTS) {
            long panel = weight.panel(first, in / INPUTS);
            boolean any = false;
            Arrays.fill(steps, 0, OUTPUTS, 0);
            for (int i = in; i < in + INPUTS; i++) {
                if (x.get(0, i) != 0) {
                    addLine(weight.data(), InputMajorMatrix.line(panel, i), x.get(0, i), steps);
                    any = true;
                }
            }
            for (int out = 0; any && out < OUTPUTS; out++) {
                sums[out] += weight.scale(panel, out) * steps[out];
            }
        }
        for (int out = first; out < Math.min(first + OUTPUTS, weight.outputs()); out++) {
            y.set(0, out, sums[out - first]);
        }
    }

    private static void addLine(MemorySegment data, long line, float x, float[] steps) {
        for (int i = 0; i < LINE_BYTES; i += Lanes.BYTES.length()) {
            ByteVector pairs = ByteVector.fromMemorySegment(Lanes.BYTES, data, line + i, Lanes.ORDER);
            for (int p = 0; p < PARTS; p++) {
                Vector<Integer> wide = pairs.convertShape(VectorOperators.ZERO_EXTEND_B2I, Lanes.INTS, p);
                int at = i + p * Lanes.COUNT;
                addSteps(wide.lanewise(VectorOperators.AND, 15), x, steps, at);
                addSteps(wide.lanewise(VectorOperators.LSHR, 4), x, steps, at + LINE_BYTES);
            }
        }
    }

    private static void addSteps(Vector<Integer> nibbles, float x, float[] steps, int at) {
        FloatVector q = (FloatVector) ((IntVector) nibbles).sub(8).convert(VectorOperators.I2F, 0);
        q.fma(FloatVector.broadcast(Lanes.FLOATS, x), FloatVector.fromArray(Lanes.FLOATS, steps, at))
                .intoArray(steps, at);
    }
}
