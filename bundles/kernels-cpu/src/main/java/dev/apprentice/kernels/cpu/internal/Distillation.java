package dev.apprentice.kernels.cpu.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** KL(teacher ‖ student) of one row of logits; the student's row becomes its gradient. */
final class Distillation {
    private Distillation() {}

    /** @return the divergence in nats, 0 for weight 0 */
    static float run(Tensor student, Tensor teacher, int row, float weight) {
        if (weight == 0) {
            student.rows(row, 1).clear();
            return 0;
        }
        MemorySegment learner = student.data();
        MemorySegment master = teacher.data();
        int columns = student.columns();
        long base = 4L * row * columns;
        float studentNormaliser = Softmax.logSumExp(learner, base, columns);
        float teacherNormaliser = Softmax.logSumExp(master, base, columns);
        FloatVector zero = FloatVector.zero(Lanes.FLOATS);
        FloatVector sums = zero;
        int bound = Lanes.bound(columns);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            long at = base + 4L * i;
            FloatVector studentLog = Lanes.load(learner, at).sub(studentNormaliser);
            FloatVector teacherLog = Lanes.load(master, at).sub(teacherNormaliser);
            FloatVector probability = Exponential.exp(teacherLog);
            // 0 · log 0 counts as 0
            FloatVector part = probability.mul(teacherLog.sub(studentLog));
            sums = sums.add(part.blend(zero, probability.compare(VectorOperators.EQ, 0)));
            Lanes.store(Exponential.exp(studentLog).sub(probability).mul(weight), learner, at);
        }
        double divergence = Lanes.sum(sums);
        for (int i = bound; i < columns; i++) {
            long at = base + 4L * i;
            double studentLog = learner.get(JAVA_FLOAT_UNALIGNED, at) - studentNormaliser;
            double teacherLog = master.get(JAVA_FLOAT_UNALIGNED, at) - teacherNormaliser;
            double probability = Math.exp(teacherLog);
            divergence += probability == 0 ? 0 : probability * (teacherLog - studentLog);
            learner.set(JAVA_FLOAT_UNALIGNED, at, (float) (Math.exp(studentLog) - probability) * weight);
        }
        return (float) divergence;
    }
}
