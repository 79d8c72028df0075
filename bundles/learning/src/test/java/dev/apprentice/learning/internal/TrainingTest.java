package dev.apprentice.learning.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.learning.Experience;
import dev.apprentice.learning.LearningSettings;
import dev.apprentice.learning.Progress;
import dev.apprentice.model.Adapter;
import dev.apprentice.model.Trainer;
import dev.apprentice.model.TrainingSample;
import dev.apprentice.testkit.PlainAlgebra;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingTest {
    /** Adam's first steps go by the sign of a gradient, also where it is a matter of rounding: small ones do not tell in the next. */
    private static final double SMALL_STEP = 1e-7;

    private final Adapter shipped = TestPlatform.shipped(3);
    private final PlainAlgebra algebra = new PlainAlgebra();
    private final Samples samples = new Samples(TestPlatform.MODEL.tokenizer(), 48);
    private final TrainingSample one = samples.of(TestPlatform.line(1));
    private final TrainingSample two = samples.of(TestPlatform.experience(
            "",
            "double mean(double[] values) {\n    return sum(values) / values.length;\n}\n",
            Experience.Verdict.ACCEPTED));
    private final Batch batch = new Batch(
            List.of(new Batch.Item(1, one, 0.5), new Batch.Item(2, two, 0.5)),
            List.of(),
            2,
            new StoredCommit.Position(2, 1, 0));

    @Test
    void importanceIsTheMeanOfSquaredSampleGradientsNotTheSquareOfTheirMean() {
        LearnedVectors vectors = LearnedVectors.startingFrom(shipped);
        try (Arena arena = Arena.ofConfined();
                Trainer trainer = TestPlatform.MODEL.trainer(shipped)) {
            MemorySegment first = gradient(trainer, one, arena);
            MemorySegment second = gradient(trainer, two, arena);
            new Training(algebra, settings(0, 1e-3, 0)).run(batch, vectors, trainer, 1, Progress.SILENT);

            double mean = 0;
            double square = 0;
            double found = 0;
            for (long i = 0; i < first.byteSize() / 4; i++) {
                double a = first.getAtIndex(JAVA_FLOAT, i);
                double b = second.getAtIndex(JAVA_FLOAT, i);
                mean += (a * a + b * b) / 2;
                square += (a + b) * (a + b) / 4;
                found += vectors.importance().getAtIndex(JAVA_FLOAT, i);
            }
            assertThat(found).isCloseTo(mean, within(1e-4 * mean));
            assertThat(Math.abs(found - square)).isGreaterThan(0.1 * mean);
        }
    }

    @Test
    void importanceHoldsParametersBack() {
        assertThat(distanceAfter(100)).isLessThan(0.9 * distanceAfter(0));
    }

    /** How far parameters that were away from what is served are from it after some steps. */
    private double distanceAfter(double strength) {
        LearnedVectors vectors = LearnedVectors.startingFrom(shipped);
        vectors.importance().copyFrom(ones(vectors.importance().byteSize()));
        algebra.scale(vectors.served(), 0.9);
        MemorySegment anchor = ones(vectors.served().byteSize()).copyFrom(vectors.served());
        try (Trainer trainer = TestPlatform.MODEL.trainer(shipped)) {
            Training training = new Training(algebra, settings(strength, 1e-3, 0.9));
            for (int i = 0; i < 5; i++) {
                training.run(batch, vectors, trainer, 2, Progress.SILENT);
            }
        }
        MemorySegment difference = ones(anchor.byteSize()).copyFrom(vectors.parameters());
        algebra.addScaled(difference, -1, anchor);
        return algebra.norm(difference);
    }

    @Test
    void theFirstAverageIsTheParametersAndLaterOnesLag() {
        LearnedVectors vectors = LearnedVectors.startingFrom(shipped);
        try (Trainer trainer = TestPlatform.MODEL.trainer(shipped)) {
            Training training = new Training(algebra, settings(0, 1e-3, 0.9));
            training.run(batch, vectors, trainer, 1, Progress.SILENT);
            assertThat(vectors.served().mismatch(vectors.parameters())).isEqualTo(-1);
            training.run(batch, vectors, trainer, 2, Progress.SILENT);
            assertThat(vectors.served().mismatch(vectors.parameters())).isNotEqualTo(-1);
        }
    }

    @Test
    void aBatchIsDealtOutAmongTheStepsOfItsCycle() {
        LearnedVectors dealt = LearnedVectors.startingFrom(shipped);
        LearnedVectors apart = LearnedVectors.startingFrom(shipped);
        LearnedVectors whole = LearnedVectors.startingFrom(shipped);
        try (Trainer trainer = TestPlatform.MODEL.trainer(shipped)) {
            int steps = new Training(algebra, settings(0, SMALL_STEP, 0, 2))
                    .run(batch, dealt, trainer, 1, Progress.SILENT)
                    .steps();
            assertThat(steps).isEqualTo(2);

            Training single = new Training(algebra, settings(0, SMALL_STEP, 0, 1));
            single.run(batchOf(1, one, 0), apart, trainer, 1, Progress.SILENT);
            single.run(batchOf(2, two, 1), apart, trainer, 1, Progress.SILENT);
            single.run(batch, whole, trainer, 1, Progress.SILENT);
            single.run(batch, whole, trainer, 1, Progress.SILENT);
        }
        // products of BF16 round at 1/256; a batch learned from whole is 0.96 away
        assertThat(distance(dealt, apart)).isLessThan(0.02);
        assertThat(distance(dealt, whole)).isGreaterThan(0.5);
    }

    /** Relative distance of the mean squares of the gradients that Adam has seen. */
    private double distance(LearnedVectors one, LearnedVectors other) {
        long bytes = one.moments().byteSize() / 2;
        MemorySegment difference = ones(bytes).copyFrom(one.moments().asSlice(bytes, bytes));
        algebra.addScaled(difference, -1, other.moments().asSlice(bytes, bytes));
        return algebra.norm(difference) / algebra.norm(other.moments().asSlice(bytes, bytes));
    }

    private static Batch batchOf(long id, TrainingSample sample, int step) {
        return new Batch(
                List.of(new Batch.Item(id, sample, 0.5)), List.of(), 1, new StoredCommit.Position(id, 1, step));
    }

    private static MemorySegment gradient(Trainer trainer, TrainingSample sample, Arena arena) {
        MemorySegment gradient = arena.allocate(trainer.parameters().byteSize(), 64);
        trainer.accumulate(sample, 1, gradient);
        return gradient;
    }

    private static MemorySegment ones(long bytes) {
        MemorySegment ones = Arena.ofAuto().allocate(bytes, 64);
        for (long i = 0; i < bytes / 4; i++) {
            ones.setAtIndex(JAVA_FLOAT, i, 1);
        }
        return ones;
    }

    private static LearningSettings settings(double strength, double rate, double averaging) {
        return settings(strength, rate, averaging, 1);
    }

    private static LearningSettings settings(double strength, double rate, double averaging, int steps) {
        return new LearningSettings(16, 2, 0, 0, 0, 48, steps, rate, 0, strength, 0.9, averaging, 0.01, 1);
    }
}
