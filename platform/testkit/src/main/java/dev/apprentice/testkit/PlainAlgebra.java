package dev.apprentice.testkit;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.apprentice.compute.LearningAlgebra;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** A second implementation of learning algebra, in plain loops; its outlier score is the distance in standard deviations. */
public final class PlainAlgebra implements LearningAlgebra {
    private static long count(MemorySegment vector) {
        return vector.byteSize() / Float.BYTES;
    }

    @Override
    public double norm(MemorySegment vector) {
        double sum = 0;
        for (long i = 0; i < count(vector); i++) {
            double value = vector.getAtIndex(JAVA_FLOAT, i);
            sum += value * value;
        }
        return Math.sqrt(sum);
    }

    @Override
    public void scale(MemorySegment vector, double factor) {
        for (long i = 0; i < count(vector); i++) {
            vector.setAtIndex(JAVA_FLOAT, i, (float) (vector.getAtIndex(JAVA_FLOAT, i) * factor));
        }
    }

    @Override
    public void addScaled(MemorySegment target, double factor, MemorySegment vector) {
        for (long i = 0; i < count(vector); i++) {
            double sum = target.getAtIndex(JAVA_FLOAT, i) + factor * vector.getAtIndex(JAVA_FLOAT, i);
            target.setAtIndex(JAVA_FLOAT, i, (float) sum);
        }
    }

    @Override
    public boolean isFinite(MemorySegment vector) {
        for (long i = 0; i < count(vector); i++) {
            if (!Float.isFinite(vector.getAtIndex(JAVA_FLOAT, i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public double addImportancePenalty(
            MemorySegment gradient,
            double strength,
            MemorySegment importance,
            MemorySegment parameters,
            MemorySegment anchor) {
        double penalty = 0;
        for (long i = 0; i < count(gradient); i++) {
            double difference = parameters.getAtIndex(JAVA_FLOAT, i) - anchor.getAtIndex(JAVA_FLOAT, i);
            double slope = strength * importance.getAtIndex(JAVA_FLOAT, i) * difference;
            gradient.setAtIndex(JAVA_FLOAT, i, (float) (gradient.getAtIndex(JAVA_FLOAT, i) + slope));
            penalty += slope * difference / 2;
        }
        return penalty;
    }

    @Override
    public Optimiser adam(AdamSettings settings, MemorySegment state) {
        long count = count(state) / 2;
        return (parameters, gradient, learningRate, step) -> {
            double rate = learningRate
                    * Math.sqrt(1 - Math.pow(settings.beta2(), step + 1))
                    / (1 - Math.pow(settings.beta1(), step + 1));
            for (long i = 0; i < count; i++) {
                double g = gradient.getAtIndex(JAVA_FLOAT, i);
                double m = settings.beta1() * state.getAtIndex(JAVA_FLOAT, i) + (1 - settings.beta1()) * g;
                double v = settings.beta2() * state.getAtIndex(JAVA_FLOAT, count + i) + (1 - settings.beta2()) * g * g;
                state.setAtIndex(JAVA_FLOAT, i, (float) m);
                state.setAtIndex(JAVA_FLOAT, count + i, (float) v);
                double update = rate * m / (Math.sqrt(v) + settings.epsilon());
                parameters.setAtIndex(JAVA_FLOAT, i, (float) (parameters.getAtIndex(JAVA_FLOAT, i) - update));
            }
        };
    }

    @Override
    public OutlierDetector outlierDetector(float[][] rows, long seed) {
        double[] fitted = Arrays.stream(rows)
                .mapToDouble(row -> distance(row, rows))
                .sorted()
                .toArray();
        return others -> Arrays.stream(others)
                .mapToDouble(row -> distance(row, rows))
                .map(distance ->
                        Arrays.stream(fitted).filter(value -> value < distance).count() / (double) fitted.length)
                .toArray();
    }

    private static double distance(float[] row, float[][] rows) {
        double sum = 0;
        for (int column = 0; column < row.length; column++) {
            int at = column;
            double mean = Arrays.stream(rows)
                    .mapToDouble(other -> other[at])
                    .average()
                    .orElse(0);
            double variance = Arrays.stream(rows)
                    .mapToDouble(other -> (other[at] - mean) * (other[at] - mean))
                    .average()
                    .orElse(0);
            sum += (row[at] - mean) * (row[at] - mean) / (variance + 1e-4);
        }
        return sum;
    }
}
