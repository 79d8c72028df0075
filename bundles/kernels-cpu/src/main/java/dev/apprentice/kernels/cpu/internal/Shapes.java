package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.AttentionShape;
import dev.apprentice.compute.InputMajorMatrix;
import dev.apprentice.compute.LowRank;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.RotaryTable;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;

/** Refuses operands whose shapes do not fit together, before any memory is touched. */
public final class Shapes {
    private Shapes() {}

    /** weight (out, in), input (n, in), output (n, out). */
    public static void product(Matrix weight, Tensor input, Tensor output) {
        require(
                input.rows() == output.rows()
                        && input.columns() == weight.columns()
                        && output.columns() == weight.rows(),
                "A product with W " + weight.rows() + "x" + weight.columns() + " cannot join " + text(input) + " and "
                        + text(output));
    }

    /** weight (out, in), input (1, in), mask and output (1, out). */
    public static void productWhere(Matrix weight, Tensor mask, Tensor input, Tensor output) {
        product(weight, input, output);
        same(mask, output);
        require(input.rows() == 1, "A product by a mask is of one token, but got " + text(input));
    }

    /** weight (out, in), input (1, in), output (1, out). */
    public static void activeProduct(InputMajorMatrix weight, Tensor input, Tensor output) {
        require(
                input.rows() == 1
                        && output.rows() == 1
                        && input.columns() == weight.inputs()
                        && output.columns() == weight.outputs(),
                "A product of one token with W " + weight.outputs() + "x" + weight.inputs() + " cannot join "
                        + text(input) + " and " + text(output));
    }

    /** A (rank, in), x (n, in), lowRank (n, rank), B (out, rank) or Bᵀ (rank, out), y (n, out). */
    public static void lowRank(LowRank adapter, Tensor x, Tensor lowRank, Tensor y) {
        product(adapter.a(), x, lowRank);
        switch (adapter) {
            case LowRank.Trained trained -> product(trained.b(), lowRank, y);
            case LowRank.Served served -> product(served.bTransposed(), y, lowRank);
        }
    }

    /** dy (n, out), x (n, in), dWeight (out, in). */
    public static void outerProduct(Tensor dy, Tensor x, Tensor dWeight) {
        require(
                dy.rows() == x.rows() && dWeight.rows() == dy.columns() && dWeight.columns() == x.columns(),
                "The outer product of " + text(dy) + " and " + text(x) + " does not fit into " + text(dWeight));
    }

    /** Both (rows, columns). */
    public static void rounding(Tensor values, Matrix weight) {
        require(
                values.rows() == weight.rows() && values.columns() == weight.columns(),
                "Values " + text(values) + " cannot be rounded to a weight " + weight.rows() + "x" + weight.columns());
    }

    /** All of one shape. */
    public static void same(Tensor first, Tensor... others) {
        for (Tensor other : others) {
            require(
                    first.rows() == other.rows() && first.columns() == other.columns(),
                    "The operation needs tensors of one shape, but got " + text(first) + " and " + text(other));
        }
    }

    /** A float32 vector as long as the rows of x. */
    public static void rowVector(Tensor x, MemorySegment vector) {
        require(
                vector.byteSize() == 4L * x.columns(),
                "Rows of " + x.columns() + " elements need a vector of as many, but it has " + vector.byteSize() / 4);
    }

    /** One element per row of x in each array. */
    public static void perRow(Tensor x, int... lengths) {
        for (int length : lengths) {
            require(
                    length >= x.rows(),
                    "A tensor " + text(x) + " needs an array element per row, but one has " + length);
        }
    }

    /** One target per row, below the number of columns. */
    public static void targets(Tensor logits, int[] targets) {
        perRow(logits, targets.length);
        for (int row = 0; row < logits.rows(); row++) {
            require(
                    targets[row] < logits.columns(),
                    "Row " + row + " has target " + targets[row] + ", but a vocabulary of " + logits.columns());
        }
    }

    /** x (n, heads·headDim) at positions that the table knows. */
    public static void rotation(RotaryTable table, int startPosition, Tensor x) {
        require(
                x.columns() % table.headDim() == 0,
                "Rows of " + x.columns() + " elements do not consist of heads of " + table.headDim());
        require(
                startPosition >= 0 && startPosition + x.rows() <= table.positions(),
                "Positions " + startPosition + " to " + (startPosition + x.rows() - 1)
                        + " do not fit into a context of " + table.positions() + ": shorten the text");
    }

    /** Query and out (n, heads·headDim); keys and values at least (past+n, keyValueHeads·headDim). */
    public static void attention(AttentionShape shape, int past, Tensor query, Tensor keys, Tensor values, Tensor out) {
        same(query, out);
        same(keys, values);
        require(
                query.columns() == shape.queryWidth()
                        && keys.columns() == shape.keyValueWidth()
                        && past >= 0
                        && keys.rows() >= past + query.rows(),
                "Attention " + shape + " after " + past + " tokens does not fit queries " + text(query) + " and keys "
                        + text(keys));
    }

    /** As above, with keys and values of another type. */
    static void attention(AttentionShape shape, int past, Tensor query, Matrix keys, Matrix values, Tensor out) {
        same(query, out);
        require(
                query.columns() == shape.queryWidth()
                        && keys.columns() == shape.keyValueWidth()
                        && values.columns() == shape.keyValueWidth()
                        && keys.type() == values.type()
                        && shape.headDim() % keys.type().blockElements() == 0
                        && past >= 0
                        && keys.rows() >= past + query.rows()
                        && values.rows() >= past + query.rows(),
                "Attention " + shape + " after " + past + " tokens does not fit queries " + text(query) + " and "
                        + keys.type() + " keys " + keys.rows() + "x" + keys.columns());
    }

    private static void require(boolean fits, String message) {
        if (!fits) {
            throw new IllegalArgumentException(message);
        }
    }

    private static String text(Tensor tensor) {
        return tensor.rows() + "x" + tensor.columns();
    }
}
