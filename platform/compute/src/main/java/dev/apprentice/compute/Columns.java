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
        addColumns(
                x,
                dots,
                (row, at) -> (double) x.data().get(JAVA_FLOAT, at) * y.data().get(JAVA_FLOAT, at));
    }

    static void addSums(Tensor y, MemorySegment target) {
        require(target, y);
        addColumns(y, target, (row, at) -> y.data().get(JAVA_FLOAT, at));
    }

    static void addNormalisedDots(Tensor x, float epsilon, Tensor y, MemorySegment target) {
        require(target, x);
        require(target, y);
        double[] inverseRms = new double[x.rows()];
        for (int row = 0; row < x.rows(); row++) {
            double squares = 0;
            for (int i = 0; i < x.columns(); i++) {
                squares += (double) x.get(row, i) * x.get(row, i);
            }
            inverseRms[row] = 1 / Math.sqrt(squares / x.columns() + epsilon);
        }
        addColumns(
                y,
                target,
                (row, at) -> inverseRms[row]
                        * x.data().get(JAVA_FLOAT, at)
                        * y.data().get(JAVA_FLOAT, at));
    }

    /** A term of a column's sum, of an element at an offset. */
    private interface Term {
        double of(int row, long at);
    }

    private static void addColumns(Tensor shape, MemorySegment target, Term term) {
        double[] sums = new double[shape.columns()];
        for (int row = 0; row < shape.rows(); row++) {
            long base = 4L * row * shape.columns();
            for (int i = 0; i < sums.length; i++) {
                sums[i] += term.of(row, base + 4L * i);
            }
        }
        for (int i = 0; i < sums.length; i++) {
            target.set(JAVA_FLOAT, 4L * i, (float) (target.get(JAVA_FLOAT, 4L * i) + sums[i]));
        }
    }

    static void round(Tensor values, Matrix weight) {
        if (values.rows() != weight.rows() || values.columns() != weight.columns()) {
            throw new IllegalArgumentException("Values " + values.rows() + "x" + values.columns()
                    + " cannot be rounded to a weight " + weight.rows() + "x" + weight.columns());
        }
        float[] row = new float[values.columns()];
        for (int i = 0; i < values.rows(); i++) {
            MemorySegment.copy(values.data(), JAVA_FLOAT, 4L * i * row.length, row, 0, row.length);
            Quantizer.write(row, weight.type(), weight.row(i));
        }
    }

    private static void require(MemorySegment vector, Tensor tensor) {
        if (vector.byteSize() != 4L * tensor.columns()) {
            throw new IllegalArgumentException("Rows of " + tensor.columns()
                    + " elements need a vector of as many, but it has " + vector.byteSize() / 4);
        }
    }
}
