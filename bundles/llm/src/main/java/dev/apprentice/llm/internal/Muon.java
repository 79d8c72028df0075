package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.LearningAlgebra;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Steps for matrices whose directions are all equally long: momentum, made nearly orthogonal by a Newton–Schulz iteration (K. Jordan et al.,
 * "Muon: An optimizer for hidden layers in neural networks", 2024). Products are made in BF16, which the iteration forgives.
 */
final class Muon {
    private static final double MOMENTUM = 0.95;
    private static final int ITERATIONS = 5;

    /** Coefficients of x, x³ and x⁵, chosen by its authors to lift small singular values fast. */
    private static final double[] QUINTIC = {3.4445, -4.7750, 2.0315};

    private static final double LEAST_NORM = 1e-7;

    private final Kernels kernels;
    private final LearningAlgebra algebra;
    private final List<Slice> matrices;
    private final Room x;
    private final Room next;
    private final Room gram;
    private final Room polynomial;

    /** Room for a matrix in float32 and as BF16, of whatever shape is at hand. */
    private record Room(MemorySegment values, MemorySegment rounded) {
        static Room of(Arena arena, long elements) {
            return new Room(arena.allocate(4 * elements, 64), arena.allocate(2 * elements, 64));
        }

        Tensor tensor(int rows, int columns) {
            return new Tensor(rows, columns, values.asSlice(0, 4L * rows * columns));
        }

        Matrix matrix(Kernels kernels, Tensor of) {
            long bytes = 2L * of.rows() * of.columns();
            Matrix matrix = new Matrix(DataType.BF16, of.rows(), of.columns(), rounded.asSlice(0, bytes));
            kernels.round(of, matrix);
            return matrix;
        }
    }

    Muon(Kernels kernels, LearningAlgebra algebra, List<Slice> matrices, Arena arena) {
        this.kernels = kernels.asExactAs(DataType.BF16);
        this.algebra = algebra;
        this.matrices = matrices;
        long largest = largest(matrices);
        long square = square(matrices);
        this.x = Room.of(arena, largest);
        this.next = Room.of(arena, largest);
        this.gram = Room.of(arena, square);
        this.polynomial = Room.of(arena, square);
    }

    /** Bytes of the rooms that it works in. */
    static long workBytes(List<Slice> matrices) {
        return 6 * (2 * largest(matrices) + 2 * square(matrices));
    }

    private static long largest(List<Slice> matrices) {
        return matrices.stream().mapToLong(Slice::elements).max().orElse(1);
    }

    /** Elements of the largest Gram matrix. */
    private static long square(List<Slice> matrices) {
        long side = matrices.stream().mapToLong(Muon::shorterSide).max().orElse(1);
        return side * side;
    }

    private static long shorterSide(Slice matrix) {
        return Math.min(matrix.shape().getFirst(), matrix.shape().getLast());
    }

    /**
     * Changes the matrices at the beginning of values.
     *
     * @param momentum of all matrices, flat, at its beginning
     */
    void apply(MemorySegment values, MemorySegment gradient, MemorySegment momentum, double learningRate) {
        for (Slice matrix : matrices) {
            MemorySegment direction = nesterov(matrix.in(gradient), matrix.in(momentum));
            int rows = matrix.shape().getFirst();
            int columns = matrix.shape().getLast();
            Tensor orthogonal = orthogonal(direction, rows, columns);
            double ofShape = Math.sqrt(Math.max(1, (double) rows / columns)); // outputs of equal size, however many
            algebra.addScaled(matrix.in(values), -learningRate * ofShape, orthogonal.data());
        }
    }

    /** Momentum as it will be after one more such gradient, in the gradient's place. */
    private MemorySegment nesterov(MemorySegment gradient, MemorySegment momentum) {
        algebra.scale(momentum, MOMENTUM);
        algebra.addScaled(momentum, 1, gradient);
        algebra.addScaled(gradient, MOMENTUM, momentum);
        return gradient;
    }

    /** The matrix (rows, columns) with singular values near 1. */
    private Tensor orthogonal(MemorySegment matrix, int rows, int columns) {
        Room from = x;
        Room to = next;
        Tensor result = from.tensor(rows, columns);
        result.data().copyFrom(matrix);
        algebra.scale(result.data(), 1 / (algebra.norm(result.data()) + LEAST_NORM));
        for (int i = 0; i < ITERATIONS; i++) {
            result = step(from, result, to.tensor(rows, columns));
            Room used = from;
            from = to;
            to = used;
        }
        return result;
    }

    /** y = a·x + (b·A + c·A²)x with A = xxᵀ; from the other side, x(b·A + c·A²) with A = xᵀx, where x has more rows than columns. */
    private Tensor step(Room room, Tensor x, Tensor y) {
        int side = Math.min(x.rows(), x.columns());
        boolean tall = x.rows() > x.columns();
        Matrix rounded = room.matrix(kernels, x);
        Tensor a = gram.tensor(side, side);
        if (tall) {
            a.clear();
            kernels.outerProductAdd(x, x, 1, a);
        } else {
            kernels.multiply(rounded, x, a);
        }
        Tensor b = polynomial.tensor(side, side);
        kernels.multiply(gram.matrix(kernels, a), a, b);
        algebra.scale(b.data(), QUINTIC[2]);
        algebra.addScaled(b.data(), QUINTIC[1], a.data());
        y.data().copyFrom(x.data());
        algebra.scale(y.data(), QUINTIC[0]);
        if (tall) {
            kernels.multiplyAdd(polynomial.matrix(kernels, b), x, 1, y); // b equals its transpose
        } else {
            kernels.multiplyTransposedAdd(rounded, b, 1, y);
        }
        return y;
    }
}
