package dev.apprentice.compute;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The operations of {@link Kernels} that go column by column, as their formulas; beside a matrix product they cost nothing. */
final class Columns {
    private Columns() {}

    static void add(MemorySegment vector, Tensor y) {
        require(vector, y);
        for (int row = 0; row < y.rows(); row++) {
            for (int i = 0; i < y.columns(); i++) {
                y.set(row, i, y.get(row, i) + at(vector, i));
            }
        }
    }

    static void scale(Tensor x, MemorySegment factors, Tensor y) {
        require(factors, x);
        require(factors, y);
        for (int row = 0; row < x.rows(); row++) {
            for (int i = 0; i < x.columns(); i++) {
                y.set(row, i, x.get(row, i) * at(factors, i));
            }
        }
    }

    static void addDots(Tensor x, Tensor y, MemorySegment dots) {
        require(dots, x);
        require(dots, y);
        for (int i = 0; i < x.columns(); i++) {
            double sum = at(dots, i);
            for (int row = 0; row < x.rows(); row++) {
                sum += (double) x.get(row, i) * y.get(row, i);
            }
            dots.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) sum);
        }
    }

    private static void require(MemorySegment vector, Tensor tensor) {
        if (vector.byteSize() != 4L * tensor.columns()) {
            throw new IllegalArgumentException("Rows of " + tensor.columns()
                    + " elements need a vector of as many, but it has " + vector.byteSize() / 4);
        }
    }

    private static float at(MemorySegment vector, int index) {
        return vector.getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }
}
