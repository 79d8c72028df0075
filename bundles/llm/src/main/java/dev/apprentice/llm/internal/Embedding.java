package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;

/** The meaning of a text as one vector. */
final class Embedding {
    private Embedding() {}

    /** The mean of final-normed hidden states (n, width), scaled to length 1. */
    static float[] of(Tensor hidden) {
        double[] sum = new double[hidden.columns()];
        for (int row = 0; row < hidden.rows(); row++) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += hidden.get(row, i);
            }
        }
        double square = 0;
        for (double value : sum) {
            square += value * value;
        }
        double length = Math.sqrt(square);
        float[] vector = new float[sum.length];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = length == 0 ? 0 : (float) (sum[i] / length);
        }
        return vector;
    }
}
