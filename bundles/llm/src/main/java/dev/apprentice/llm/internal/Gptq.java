package dev.apprentice.llm.internal;

import dev.apprentice.compute.Dequantizer;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/**
 * Chooses the codes of a matrix one input after the other, so that each makes up for the errors of those before it (GPTQ, Frantar et al.
 * 2022, arXiv 2210.17323). With H = R Rᵀ, R upper triangular, the error of an output is ‖(w − q)R‖², whose part j depends on the inputs
 * up to j alone: part by part, the best value is the one nearest to w_j + Σ_{i<j} (w_i − q_i) R_ij / R_jj. This is what the paper
 * computes by way of H's inverse (arXiv 2507.18553 shows that they are the same). Groups keep the grids of the weights as they were, so that
 * inputs can be taken in any order.
 */
final class Gptq {
    /** Added to H's diagonal as a share of its mean, as in the paper, so that inputs never seen keep their weights. */
    private static final double DAMPING = 0.01;

    private final FourBitLayout layout;
    private final float[] importance;
    private final int[] order; // of the inputs, those that carry most first: they have all others to make up for them
    private final float[][] factor; // R for inputs in this order, row i from its element (i, i) on

    /** Prepares for all matrices with these inputs. */
    Gptq(FourBitLayout layout, InputGram inputs) {
        this.layout = layout;
        this.importance = inputs.squares();
        this.order = IntStream.range(0, importance.length)
                .boxed()
                .sorted((a, b) -> Float.compare(importance[b], importance[a]))
                .mapToInt(Integer::intValue)
                .toArray();
        this.factor = factor(inputs.gram());
    }

    /** Bytes of the heap that so many inputs take meanwhile. */
    static long heapBytes(int inputs) {
        return (Double.BYTES + Float.BYTES) * ((long) inputs * inputs / 2 + inputs);
    }

    private float[][] factor(Tensor gram) {
        int n = order.length;
        double mean =
                IntStream.range(0, n).mapToDouble(i -> importance[i]).average().orElseThrow();
        double[][] rows = new double[n][];
        for (int i = 0; i < n; i++) {
            rows[i] = new double[n - i];
            for (int j = i; j < n; j++) {
                rows[i][j - i] = gram.get(order[i], order[j]);
            }
            rows[i][0] += mean == 0 ? 1 : DAMPING * mean;
        }
        ReverseCholesky.decompose(rows);
        float[][] result = new float[n][];
        for (int i = 0; i < n; i++) {
            result[i] = new float[n - i];
            for (int j = 0; j < n - i; j++) {
                result[i][j] = (float) rows[i][j];
            }
        }
        return result;
    }

    /** The matrix in four bits; it lives as long as the arena. */
    Matrix quantise(Matrix weight, Arena arena) {
        Matrix result = layout.allocate(weight.rows(), weight.columns(), arena);
        IntStream.range(0, weight.rows()).parallel().forEach(row -> {
            float[] weights = new float[weight.columns()];
            Dequantizer.row(weight, row, weights);
            quantise(weights, result.row(row));
        });
        return result;
    }

    private void quantise(float[] weights, MemorySegment target) {
        FourBitGrid[] grids = layout.grids(weights, importance);
        byte[] codes = new byte[weights.length];
        float[] carried = new float[weights.length]; // Σ (w_i − q_i) R_ij over the inputs i done, in their order
        for (int j = 0; j < order.length; j++) {
            int input = order[j];
            float[] row = factor[j];
            FourBitGrid grid = grids[input / layout.group()];
            codes[input] = (byte) grid.code(weights[input] + carried[j] / row[0]);
            float error = weights[input] - grid.value(codes[input]);
            for (int k = j + 1; k < order.length; k++) {
                carried[k] += error * row[k - j];
            }
        }
        layout.write(grids, codes, target);
    }
}
