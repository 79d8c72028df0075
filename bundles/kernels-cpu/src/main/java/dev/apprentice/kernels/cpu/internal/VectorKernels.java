package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.AttentionGradient;
import dev.apprentice.compute.AttentionShape;
import dev.apprentice.compute.AttentionTape;
import dev.apprentice.compute.DataType;
import dev.apprentice.compute.InputMajorMatrix;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.RotaryTable;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;

/** The operations with the Vector API over several threads. Memory is expected to be native. */
public class VectorKernels implements Kernels, AutoCloseable {
    /** Elements per task of the operations that go element by element. */
    private static final int SLICE = 1 << 14;

    /** Columns per task where rows are added up. */
    private static final int COLUMNS = 64;

    /** An exponential costs about as much as this many multiplications. */
    static final long EXPONENTIAL = 12;

    final WorkerPool pool;
    private final Products products;

    public VectorKernels(int threads) {
        this(new WorkerPool(threads), new VectorProducts());
    }

    /** @param pool closed with these kernels */
    VectorKernels(WorkerPool pool, Products products) {
        this.pool = pool;
        this.products = products;
    }

    @Override
    public String description() {
        return "Vector API, " + Lanes.COUNT * 32 + " bits, " + pool.threads()
                + (pool.threads() == 1 ? " thread" : " threads");
    }

    @Override
    public int threads() {
        return pool.threads();
    }

    @Override
    public void close() {
        pool.close();
    }

    @Override
    public void multiply(Matrix weight, Tensor x, Tensor y) {
        product(weight, x, 1, Gemm.Result.REPLACE, y);
    }

    @Override
    public void multiplyAdd(Matrix weight, Tensor x, float scale, Tensor y) {
        product(weight, x, scale, Gemm.Result.ADD, y);
    }

    private void product(Matrix weight, Tensor x, float scale, Gemm.Result result, Tensor y) {
        Shapes.product(weight, x, y);
        if (x.rows() <= Products.MOST_TOKENS) {
            products.few(pool, weight, x, scale, result, y);
        } else {
            Operand w = Operand.of(weight);
            products.many(pool, Operand.of(x), Layout.PLAIN, w, Layout.TRANSPOSED, scale, result, Operand.of(y));
        }
    }

    @Override
    public void multiplyWhere(Matrix weight, Tensor mask, Tensor x, Tensor y) {
        Shapes.productWhere(weight, mask, x, y);
        products.where(pool, weight, mask, x, y);
    }

    @Override
    public void multiplyActive(InputMajorMatrix weight, Tensor x, Tensor y) {
        Shapes.activeProduct(weight, x, y);
        products.active(pool, weight, x, y);
    }

    @Override
    public void multiplyTransposedAdd(Matrix weight, Tensor dy, float scale, Tensor dx) {
        transposedProduct(weight, dy, scale, Gemm.Result.ADD, dx);
    }

    @Override
    public void multiplyTransposed(Matrix weight, Tensor dy, Tensor dx) {
        transposedProduct(weight, dy, 1, Gemm.Result.REPLACE, dx);
    }

    private void transposedProduct(Matrix weight, Tensor dy, float scale, Gemm.Result result, Tensor dx) {
        Shapes.product(weight, dx, dy);
        Operand w = Operand.of(weight);
        products.many(pool, Operand.of(dy), Layout.PLAIN, w, Layout.PLAIN, scale, result, Operand.of(dx));
    }

    @Override
    public void outerProductAdd(Tensor dy, Tensor x, float scale, Tensor dWeight) {
        Shapes.outerProduct(dy, x, dWeight);
        Operand a = Operand.of(dy);
        Operand b = Operand.of(x);
        products.many(pool, a, Layout.TRANSPOSED, b, Layout.PLAIN, scale, Gemm.Result.ADD, Operand.of(dWeight));
    }

    @Override
    public void rmsNorm(Tensor x, MemorySegment weight, float epsilon, Tensor y) {
        Shapes.same(x, y);
        Shapes.rowVector(x, weight);
        rows(x, 2, row -> RmsNorm.forward(x, weight, epsilon, y, row));
    }

    @Override
    public void rmsNormBackward(Tensor x, MemorySegment weight, float epsilon, Tensor dy, Tensor dx) {
        Shapes.same(x, dy, dx);
        Shapes.rowVector(x, weight);
        rows(x, 6, row -> RmsNorm.backward(x, weight, epsilon, dy, dx, row));
    }

    @Override
    public void rmsNormWeightBackward(Tensor x, float epsilon, Tensor dy, MemorySegment dWeight) {
        Shapes.same(x, dy);
        Shapes.rowVector(x, dWeight);
        float[] factors = new float[x.rows()];
        rows(x, 1, row -> factors[row] = RmsNorm.inverseRms(x, epsilon, row));
        long work = 3L * x.rows() * x.columns();
        pool.run(Math.ceilDiv(x.columns(), COLUMNS), work, task -> {
            int from = task * COLUMNS;
            RmsNorm.weightBackward(x, factors, dy, dWeight, from, Math.min(COLUMNS, x.columns() - from));
        });
    }

    @Override
    public void rotate(RotaryTable table, int startPosition, Tensor x) {
        turn(table, startPosition, x, 1);
    }

    @Override
    public void rotateBackward(RotaryTable table, int startPosition, Tensor dx) {
        turn(table, startPosition, dx, -1);
    }

    private void turn(RotaryTable table, int startPosition, Tensor x, float direction) {
        Shapes.rotation(table, startPosition, x);
        rows(x, 2, row -> Rotary.turn(table, startPosition + row, x, row, direction));
    }

    @Override
    public void attention(AttentionShape shape, int past, Tensor query, Tensor keys, Tensor values, Tensor out) {
        Shapes.attention(shape, past, query, keys, values, out);
        if (query.rows() <= AttentionStep.MOST_TOKENS) {
            AttentionStep.run(pool, shape, past, query, keys, values, out);
        } else {
            Attention.run(products, pool, shape, past, query, keys, values, out);
        }
    }

    @Override
    public void attention(AttentionShape shape, int past, Tensor query, Matrix keys, Matrix values, Tensor out) {
        Shapes.attention(shape, past, query, keys, values, out);
        if (keys.type() == DataType.F32) {
            attention(shape, past, query, tensor(keys), tensor(values), out);
        } else if (query.rows() <= AttentionStep.MOST_TOKENS) {
            StoredAttention.run(pool, shape, past, query, keys, values, out);
        } else {
            Kernels.super.attention(shape, past, query, keys, values, out);
        }
    }

    private static Tensor tensor(Matrix matrix) {
        return new Tensor(matrix.rows(), matrix.columns(), matrix.data());
    }

    @Override
    public void attentionBackward(
            AttentionShape shape, AttentionTape forward, Tensor dOut, AttentionGradient gradient) {
        Shapes.attention(shape, 0, forward.query(), forward.keys(), forward.values(), dOut);
        Shapes.attention(shape, 0, gradient.query(), gradient.keys(), gradient.values(), dOut);
        AttentionBackward.run(products, pool, shape, forward, dOut, gradient);
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        Shapes.same(gate, up, out);
        slices(gate, EXPONENTIAL, (from, count) -> SwiGlu.forward(gate, up, out, from, count));
    }

    @Override
    public void dropBelow(float threshold, Tensor gate) {
        slices(gate, EXPONENTIAL, (from, count) -> SwiGlu.dropBelow(threshold, gate, from, count));
    }

    @Override
    public void swiGluBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
        Shapes.same(gate, up, dOut, dGate, dUp);
        slices(gate, EXPONENTIAL, (from, count) -> SwiGlu.backward(gate, up, dOut, dGate, dUp, from, count));
    }

    @Override
    public void add(Tensor x, Tensor y) {
        Shapes.same(x, y);
        slices(x, 1, (from, count) -> Addition.run(x.data(), y.data(), from, count));
    }

    @Override
    public void crossEntropy(Tensor logits, int[] targets, float[] weights, float[] losses) {
        Shapes.targets(logits, targets);
        Shapes.perRow(logits, weights.length, losses.length);
        rows(logits, EXPONENTIAL, row -> losses[row] = CrossEntropy.run(logits, row, targets[row], weights[row]));
    }

    @Override
    public void distil(Tensor student, Tensor teacher, float[] weights, float[] divergences) {
        Shapes.same(student, teacher);
        Shapes.perRow(student, weights.length, divergences.length);
        rows(student, 4 * EXPONENTIAL, row -> divergences[row] = Distillation.run(student, teacher, row, weights[row]));
    }

    @Override
    public void score(Tensor logits, int[] targets, float[] losses, int[] best) {
        Shapes.targets(logits, targets);
        Shapes.perRow(logits, losses.length, best.length);
        rows(logits, EXPONENTIAL, row -> {
            best[row] = Best.run(logits, row);
            losses[row] = targets[row] < 0
                    ? 0
                    : Softmax.logSumExp(logits.data(), 4L * row * logits.columns(), logits.columns())
                            - logits.get(row, targets[row]);
        });
    }

    private void rows(Tensor shape, long workPerElement, WorkerPool.Task task) {
        int rowsPerTask = Math.max(1, SLICE / shape.columns());
        long work = workPerElement * shape.rows() * shape.columns();
        pool.run(Math.ceilDiv(shape.rows(), rowsPerTask), work, index -> {
            int last = Math.min(shape.rows(), (index + 1) * rowsPerTask);
            for (int row = index * rowsPerTask; row < last; row++) {
                task.run(row);
            }
        });
    }

    final void slices(Tensor shape, long workPerElement, Slice operation) {
        long size = (long) shape.rows() * shape.columns();
        pool.run(Math.toIntExact(Math.ceilDiv(size, (long) SLICE)), workPerElement * size, index -> {
            long from = (long) index * SLICE;
            operation.run(from, (int) Math.min(SLICE, size - from));
        });
    }

    /** Part of an operation that goes element by element. */
    interface Slice {
        void run(long from, int count);
    }
}
