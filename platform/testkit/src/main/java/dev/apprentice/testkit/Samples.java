package dev.apprentice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Dequantizer;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Quantizer;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.Arena;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/** Random operands from a fixed seed, and comparisons with the reference. */
final class Samples {
    private final Arena arena;
    private final Random random = new Random(42);

    Samples(Arena arena) {
        this.arena = arena;
    }

    /** Elements between −1 and 1. */
    Tensor tensor(int rows, int columns) {
        Tensor tensor = Tensor.allocate(arena, rows, columns);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                tensor.set(row, column, 2 * random.nextFloat() - 1);
            }
        }
        return tensor;
    }

    /** One row of which about a part is not 0. */
    Tensor sparse(int columns, double part) {
        Tensor tensor = tensor(1, columns);
        for (int column = 0; column < columns; column++) {
            if (random.nextDouble() >= part) {
                tensor.set(0, column, 0);
            }
        }
        return tensor;
    }

    Tensor filled(int rows, int columns, float value) {
        Tensor tensor = Tensor.allocate(arena, rows, columns);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                tensor.set(row, column, value);
            }
        }
        return tensor;
    }

    Tensor copy(Tensor tensor) {
        Tensor copy = Tensor.allocate(arena, tensor.rows(), tensor.columns());
        copy.data().copyFrom(tensor.data());
        return copy;
    }

    Matrix matrix(DataType type, int rows, int columns) {
        return Quantizer.convert(arena, tensor(rows, columns).asMatrix(), type);
    }

    double[][] doubles(Matrix matrix) {
        return doubles(Dequantizer.toTensor(arena, matrix));
    }

    static double[][] doubles(Tensor tensor) {
        double[][] result = new double[tensor.rows()][tensor.columns()];
        for (int row = 0; row < tensor.rows(); row++) {
            for (int column = 0; column < tensor.columns(); column++) {
                result[row][column] = tensor.get(row, column);
            }
        }
        return result;
    }

    /**
     * actual = before + scale · change.
     *
     * @param terms length of the sums behind an element; the tolerance grows with its root
     */
    static void assertSum(String what, Tensor actual, double[][] before, double scale, double[][] change, int terms) {
        assertSum(what, actual, before, scale, change, terms, 0);
    }

    /** @param rounding of operands, more than that of floats, that is allowed */
    static void assertSum(
            String what,
            Tensor actual,
            double[][] before,
            double scale,
            double[][] change,
            int terms,
            double rounding) {
        double tolerance = 1e-6 * (4 + Math.sqrt(terms)) + rounding;
        for (int row = 0; row < actual.rows(); row++) {
            for (int column = 0; column < actual.columns(); column++) {
                double expected = before[row][column] + scale * change[row][column];
                float got = actual.get(row, column);
                if (!(Math.abs(got - expected) <= tolerance * (1 + Math.abs(expected)))) {
                    assertThat((double) got)
                            .as("%s at (%d, %d)", what, row, column)
                            .isEqualTo(expected);
                }
            }
        }
    }

    static void assertClose(String what, Tensor actual, double[][] expected, int terms) {
        assertSum(what, actual, new double[expected.length][actual.columns()], 1, expected, terms);
    }

    /**
     * gradient = before + the derivative of the function by the elements of {@code input}, by central differences at 60 random places.
     */
    void assertGradient(
            String what, Tensor gradient, double[][] before, double[][] input, ToDoubleFunction<double[][]> function) {
        double step = 1e-5;
        for (int i = 0; i < 60; i++) {
            int row = random.nextInt(input.length);
            int column = random.nextInt(input[row].length);
            double kept = input[row][column];
            input[row][column] = kept + step;
            double above = function.applyAsDouble(input);
            input[row][column] = kept - step;
            double below = function.applyAsDouble(input);
            input[row][column] = kept;
            double expected = before[row][column] + (above - below) / (2 * step);
            float got = gradient.get(row, column);
            if (!(Math.abs(got - expected) <= 2e-5 * (1 + Math.abs(expected)))) {
                assertThat((double) got).as("%s at (%d, %d)", what, row, column).isEqualTo(expected);
            }
        }
    }
}
