package dev.apprentice.compute;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** The operations of {@link Kernels} that go column by column, as their formulas; beside a matrix product they cost nothing. */
final class Columns {
    private Columns() {}

    static void add(MemorySegment vector, Tensor y) {
        require(vector, y);
        MemorySegment target = y.data();
        for (int row = 0; row < y.rows(); row++) {
            long base = 4L * row * y.columns();
            for (int i = 0; i < y.columns(); i++) {
                long at = base + 4L * i;
                target.set(JAVA_FLOAT, at, target.get(JAVA_FLOAT, at) + vector.get(JAVA_FLOAT, 4L * i));
            }
        }
    }

    static void scale(Tensor x, MemorySegment factors, Tensor y) {
        require(factors, x);
        require(factors, y);
        MemorySegment source = x.data();
        MemorySegment target = y.data();
        for (int row = 0; row < x.rows(); row++) {
            long base = 4L * row * x.columns();
            for (int i = 0; i < x.columns(); i++) {
                long at = base + 4L * i;
                target.set(JAVA_FLOAT, at, source.get(JAVA_FLOAT, at) * factors.get(JAVA_FLOAT, 4L * i));
            }
        }
    }

    static void addDots(Tensor x, Tensor y, MemorySegment dots) {
        require(dots, x);
        require(dots, y);
        double[] sums = new double[x.columns()];
        for (int row = 0; row < x.rows(); row++) {
            long base = 4L * row * x.columns();
            for (int i = 0; i < sums.length; i++) {
                long at = base + 4L * i;
                sums[i] += (double) x.data().get(JAVA_FLOAT, at) * y.data().get(JAVA_FLOAT, at);
            }
        }
        for (int i = 0; i < sums.length; i++) {
            dots.set(JAVA_FLOAT, 4L * i, (float) (dots.get(JAVA_FLOAT, 4L * i) + sums[i]));
        }
    }

    private static void require(MemorySegment vector, Tensor tensor) {
        if (vector.byteSize() != 4L * tensor.columns()) {
            throw new IllegalArgumentException("Rows of " + tensor.columns()
                    + " elements need a vector of as many, but it has " + vector.byteSize() / 4);
        }
    }
}
