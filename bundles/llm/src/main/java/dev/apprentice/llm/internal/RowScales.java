package dev.apprentice.llm.internal;

import dev.apprentice.compute.Dequantizer;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * The row scales m / ‖W + sBA‖ of DoRA (arXiv 2402.09353) over one base. The norm is expanded to ‖Wᵢ‖² + 2s·Bᵢ(WAᵀ)ᵢ + s²·BᵢAAᵀBᵢᵀ: the
 * weight is unpacked once, for its own norms, and then only multiplied with the few rows of A.
 */
final class RowScales {
    private final Kernels kernels;
    private final Map<Matrix, double[]> squares = new ConcurrentHashMap<>();

    /**
     * What belongs to the rows of one decomposed layer, (outputs) float32.
     *
     * @param inverseNorms 1 / ‖W + sBA‖
     * @param magnitudes m
     * @param scales m / ‖W + sBA‖
     */
    record Vectors(MemorySegment inverseNorms, MemorySegment magnitudes, MemorySegment scales) {}

    RowScales(Kernels kernels) {
        this.kernels = kernels;
    }

    /** Vectors for a layer whose values are these, not yet computed. */
    static Vectors allocate(AdapterSlot.Decomposed slot, MemorySegment values) {
        long bytes = 4L * slot.magnitude().elements();
        Arena arena = Arena.ofAuto();
        return new Vectors(arena.allocate(bytes, 64), slot.magnitude().in(values), arena.allocate(bytes, 64));
    }

    /** Computes the vectors of every decomposed layer from the values of this moment. */
    void compute(Network network) {
        for (Network.Block block : network.blocks()) {
            for (Projection projection : block.projections()) {
                if (projection instanceof Projection.Decomposed decomposed) {
                    compute(decomposed);
                }
            }
        }
    }

    private void compute(Projection.Decomposed layer) {
        Matrix weight = layer.base().weight();
        int rank = layer.adapter().rank();
        double[] own = squares.computeIfAbsent(weight, RowScales::squares);
        double[][] gram = gram(layer.adapter().a());
        try (Arena arena = Arena.ofShared()) {
            Tensor products = Tensor.allocate(arena, rank, weight.rows()); // A Wᵀ
            Tensor a = new Tensor(rank, weight.columns(), layer.adapter().a().data());
            kernels.multiply(weight, a, products);
            float[] b = new float[rank];
            for (int row = 0; row < weight.rows(); row++) {
                Dequantizer.row(layer.adapter().b(), row, b);
                double square = own[row];
                for (int i = 0; i < rank; i++) {
                    square += 2.0 * layer.adapter().scale() * b[i] * products.get(i, row);
                    for (int j = 0; j < rank; j++) {
                        square += (double) layer.adapter().scale()
                                * layer.adapter().scale()
                                * b[i]
                                * gram[i][j]
                                * b[j];
                    }
                }
                float inverse = (float) (1 / Math.sqrt(square));
                float magnitude = layer.rows().magnitudes().getAtIndex(ValueLayout.JAVA_FLOAT, row);
                layer.rows().inverseNorms().setAtIndex(ValueLayout.JAVA_FLOAT, row, inverse);
                layer.rows().scales().setAtIndex(ValueLayout.JAVA_FLOAT, row, magnitude * inverse);
            }
        }
    }

    /** A Aᵀ (rank, rank). */
    private static double[][] gram(Matrix a) {
        float[][] rows = new float[a.rows()][a.columns()];
        for (int i = 0; i < rows.length; i++) {
            Dequantizer.row(a, i, rows[i]);
        }
        double[][] gram = new double[rows.length][rows.length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows.length; j++) {
                for (int k = 0; k < a.columns(); k++) {
                    gram[i][j] += (double) rows[i][k] * rows[j][k];
                }
            }
        }
        return gram;
    }

    /** ‖Wᵢ‖² of every row. */
    private static double[] squares(Matrix weight) {
        return IntStream.range(0, weight.rows())
                .parallel()
                .mapToDouble(row -> {
                    float[] values = new float[weight.columns()];
                    Dequantizer.row(weight, row, values);
                    double sum = 0;
                    for (float value : values) {
                        sum += (double) value * value;
                    }
                    return sum;
                })
                .toArray();
    }

    /** ‖Wᵢ‖ of a weight's rows, the magnitudes of an adapter that has no effect. */
    void norms(Matrix weight, MemorySegment target) {
        double[] own = squares.computeIfAbsent(weight, RowScales::squares);
        for (int row = 0; row < own.length; row++) {
            target.setAtIndex(ValueLayout.JAVA_FLOAT, row, (float) Math.sqrt(own[row]));
        }
    }
}
