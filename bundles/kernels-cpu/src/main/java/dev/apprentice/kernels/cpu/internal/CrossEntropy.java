package dev.apprentice.kernels.cpu.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;

/** Loss of one row of logits against its target; the row becomes its gradient. */
final class CrossEntropy {
    private CrossEntropy() {}

    /** @return −log p(target), 0 for a negative target */
    static float run(Tensor logits, int row, int target, float weight) {
        if (target < 0) {
            logits.rows(row, 1).clear();
            return 0;
        }
        MemorySegment data = logits.data();
        int columns = logits.columns();
        long base = 4L * row * columns;
        long targetAt = base + 4L * target;
        float chosen = data.get(JAVA_FLOAT_UNALIGNED, targetAt);
        float max = Softmax.max(data, base, columns);
        float sum = Softmax.exponentiate(data, base, columns, max);
        Softmax.scale(data, base, columns, weight / sum);
        data.set(JAVA_FLOAT_UNALIGNED, targetAt, data.get(JAVA_FLOAT_UNALIGNED, targetAt) - weight);
        return (float) (Math.log(sum) + max - chosen);
    }
}
