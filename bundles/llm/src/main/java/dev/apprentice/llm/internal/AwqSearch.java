package dev.apprentice.llm.internal;

import dev.apprentice.compute.Dequantizer;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds the scales s of a linear layer's inputs: s = x^α / w^β, x being the root mean square of the input and w that of its weights, with
 * the α and β that leave the smallest error in the outputs. AWQ's paper tries α alone, its authors' program β = 1 − α too; both measure
 * inputs by the mean of their absolute value, which is not among what {@link InputGram} keeps and hardly differs.
 */
record AwqSearch(FourBitLayout layout, Kernels kernels) {
    private static final double[] ALPHAS = {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1};
    private static final double[] BETAS = {0, 0.5, 1};

    /** Rows of a matrix that speak for all of it. */
    private static final int ROWS = 256;

    /** An input or weight below this share of the mean counts as one of this size: what never spoke says nothing about its scale. */
    private static final double LEAST = 1e-3;

    /**
     * The best scales.
     *
     * @param weights of all linear layers with these inputs, (outputs, inputs) each
     * @param channels for each input the channel whose scale it shares
     * @return one scale a channel
     */
    float[] scales(List<Tensor> weights, InputGram inputs, int[] channels) {
        try (Arena arena = Arena.ofShared()) {
            List<Tensor> sample =
                    weights.stream().map(weight -> sample(weight, arena)).toList();
            double[] logInputs = logSizes(inputs.squares(), channels);
            double[] logWeights = logSizes(columnSquares(sample), channels);
            float[] best = new float[logInputs.length];
            double smallest = Double.POSITIVE_INFINITY;
            for (double alpha : ALPHAS) {
                for (double beta : BETAS) {
                    float[] scales = scales(logInputs, alpha, logWeights, beta);
                    float[] ofInputs = spread(scales, channels);
                    double error = sample.stream()
                            .mapToDouble(weight -> error(weight, inputs, ofInputs))
                            .sum();
                    if (error < smallest) {
                        smallest = error;
                        best = scales;
                    }
                }
            }
            return best;
        }
    }

    /** Of each input the scale of its channel. */
    static float[] spread(float[] scales, int[] channels) {
        float[] spread = new float[channels.length];
        for (int i = 0; i < spread.length; i++) {
            spread[i] = scales[channels[i]];
        }
        return spread;
    }

    /** Evenly chosen rows. */
    private static Tensor sample(Tensor weight, Arena arena) {
        if (weight.rows() <= ROWS) {
            return weight;
        }
        Tensor sample = Tensor.allocate(arena, ROWS, weight.columns());
        for (int row = 0; row < ROWS; row++) {
            int from = (int) ((long) row * weight.rows() / ROWS);
            sample.rows(row, 1).data().copyFrom(weight.rows(from, 1).data());
        }
        return sample;
    }

    /** Mean square of the weights of each input. */
    private static float[] columnSquares(List<Tensor> weights) {
        float[] squares = new float[weights.getFirst().columns()];
        int rows = weights.stream().mapToInt(Tensor::rows).sum();
        for (Tensor weight : weights) {
            for (int row = 0; row < weight.rows(); row++) {
                for (int i = 0; i < squares.length; i++) {
                    squares[i] += weight.get(row, i) * weight.get(row, i) / rows;
                }
            }
        }
        return squares;
    }

    /** Logarithm of the root mean square of each channel, less the mean of all. */
    private static double[] logSizes(float[] squares, int[] channels) {
        int count = Arrays.stream(channels).max().orElseThrow() + 1;
        double[] sums = new double[count];
        int[] members = new int[count];
        for (int i = 0; i < channels.length; i++) {
            sums[channels[i]] += squares[i];
            members[channels[i]]++;
        }
        double[] sizes = IntStream.range(0, count)
                .mapToDouble(channel -> Math.sqrt(sums[channel] / members[channel]))
                .toArray();
        double least = LEAST * Arrays.stream(sizes).average().orElseThrow();
        double[] logs = Arrays.stream(sizes)
                .map(size -> least == 0 ? 0 : Math.log(Math.max(size, least)))
                .toArray();
        double mean = Arrays.stream(logs).average().orElseThrow();
        return Arrays.stream(logs).map(log -> log - mean).toArray();
    }

    private static float[] scales(double[] logInputs, double alpha, double[] logWeights, double beta) {
        float[] scales = new float[logInputs.length];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = (float) Math.exp(alpha * logInputs[i] - beta * logWeights[i]);
        }
        return scales;
    }

    /** The mean squared error of the outputs, added up over them, if the scaled weights are put into four bits. */
    private double error(Tensor weight, InputGram inputs, float[] scales) {
        try (Arena arena = Arena.ofShared()) {
            Tensor off = Tensor.allocate(arena, weight.rows(), weight.columns());
            IntStream.range(0, weight.rows()).parallel().forEach(row -> {
                float[] scaled = weight.rows(row, 1).data().toArray(ValueLayout.JAVA_FLOAT);
                for (int i = 0; i < scaled.length; i++) {
                    scaled[i] *= scales[i];
                }
                MemorySegment.copy(scaled, 0, off.rows(row, 1).data(), ValueLayout.JAVA_FLOAT, 0, scaled.length);
            });
            Matrix rounded = layout.quantise(off, inputs.squaresAfter(scales), arena);
            IntStream.range(0, weight.rows()).parallel().forEach(row -> {
                float[] values = new float[weight.columns()];
                Dequantizer.row(rounded, row, values);
                for (int i = 0; i < values.length; i++) {
                    off.set(row, i, weight.get(row, i) - values[i] / scales[i]);
                }
            });
            Tensor product = Tensor.allocate(arena, weight.rows(), weight.columns());
            kernels.multiply(inputs.gram().asMatrix(), off, product);
            MemorySegment dots = arena.allocate(4L * weight.columns(), 64);
            kernels.columnDotsAdd(off, product, dots);
            double sum = 0;
            for (int i = 0; i < weight.columns(); i++) {
                sum += dots.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            }
            return sum;
        }
    }
}
