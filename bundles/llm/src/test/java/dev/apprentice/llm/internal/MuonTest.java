package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.model.Pretraining;
import dev.apprentice.testkit.PlainAlgebra;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MuonTest {
    private static final double LEARNING_RATE = 0.5;

    /** The step is a matrix whose singular values are near 1, as the iteration's authors promise: between 0.7 and 1.2. */
    @ParameterizedTest
    @CsvSource({"24, 24", "16, 48", "48, 16"})
    void aStepIsNearlyOrthogonal(int rows, int columns) {
        Slice slice = new Slice("w", List.of(rows, columns), 0);
        Arena arena = Arena.ofAuto();
        MemorySegment values = arena.allocate(slice.end(), 64);
        MemorySegment gradient = arena.allocate(slice.end(), 64);
        MemorySegment momentum = arena.allocate(slice.end(), 64);
        Random random = new Random(5);
        float[] direction = new float[rows * columns];
        for (int i = 0; i < direction.length; i++) {
            direction[i] = (float) random.nextGaussian();
        }
        gradient.copyFrom(MemorySegment.ofArray(direction));

        new Muon(TestModel.KERNELS, new PlainAlgebra(), List.of(slice), arena)
                .apply(values, gradient, momentum, LEARNING_RATE);

        assertThat(momentum.toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(direction);
        double scale = LEARNING_RATE * Math.sqrt(Math.max(1, (double) rows / columns));
        double[][] step = new double[rows][columns];
        double along = 0;
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                step[i][j] = -values.getAtIndex(ValueLayout.JAVA_FLOAT, (long) i * columns + j) / scale;
                along += step[i][j] * direction[i * columns + j];
            }
        }
        assertThat(along).isPositive();
        assertThat(largestSingularValue(step)).isBetween(0.7, 1.25);
        double squares = 0;
        for (double[] row : step) {
            for (double value : row) {
                squares += value * value;
            }
        }
        // a square matrix has small singular values, which five iterations lift but not all the way
        assertThat(squares / Math.min(rows, columns)).isBetween(rows == columns ? 0.5 : 0.6, 1.3);
    }

    private static double largestSingularValue(double[][] matrix) {
        double[] x = new double[matrix[0].length];
        x[0] = 1;
        double length = 1;
        for (int i = 0; i < 500; i++) {
            double[] y = new double[x.length];
            for (double[] row : matrix) {
                double dot = 0;
                for (int j = 0; j < x.length; j++) {
                    dot += row[j] * x[j] / length;
                }
                for (int j = 0; j < x.length; j++) {
                    y[j] += dot * row[j];
                }
            }
            x = y;
            length = 0;
            for (double value : x) {
                length += value * value;
            }
            length = Math.sqrt(length);
        }
        return Math.sqrt(length);
    }

    @Test
    void theLearningRateRisesAndFalls() {
        LearningRate linear = new LearningRate(0.4, 4, 12, Pretraining.Schedule.LINEAR);
        assertThat(linear.at(0)).isCloseTo(0.1, within(1e-12));
        assertThat(linear.at(3)).isCloseTo(0.4, within(1e-12));
        assertThat(linear.at(4)).isCloseTo(0.4, within(1e-12));
        assertThat(linear.at(8)).isCloseTo(0.2, within(1e-12));
        assertThat(linear.at(12)).isZero();

        LearningRate cosine = new LearningRate(0.4, 0, 12, Pretraining.Schedule.COSINE);
        assertThat(cosine.at(0)).isCloseTo(0.4, within(1e-12));
        assertThat(cosine.at(4)).isCloseTo(0.3, within(1e-12));
        assertThat(cosine.at(12)).isCloseTo(0, within(1e-12));
    }
}
