package dev.apprentice.algebra.nd4j.internal;

/**
 * Shifts and scales each feature so that the fitted rows have mean 0 and deviation 1.
 *
 * @param means (features)
 * @param deviations (features), 1 for a feature that never varied
 */
record Standardisation(double[] means, double[] deviations) {
    /** Keeps the squares of absurd features within float32. */
    private static final double LARGEST = 1e9;

    /** Fits to at least two rows of equal width. */
    static Standardisation fit(float[][] rows) {
        if (rows.length < 2 || rows[0].length == 0) {
            throw new AlgebraException(
                    AlgebraException.Code.FEATURES,
                    "An outlier detector cannot be fitted to " + rows.length
                            + " rows: pass two or more, of one or more features");
        }
        int width = rows[0].length;
        check(rows, width);
        double[] means = new double[width];
        double[] deviations = new double[width];
        for (int feature = 0; feature < width; feature++) {
            double sum = 0;
            for (float[] row : rows) {
                sum += row[feature];
            }
            means[feature] = sum / rows.length;
            double squares = 0;
            for (float[] row : rows) {
                squares += Math.pow(row[feature] - means[feature], 2);
            }
            double deviation = Math.sqrt(squares / rows.length);
            deviations[feature] = deviation > 1e-6 * Math.max(1e-6, Math.abs(means[feature])) ? deviation : 1;
        }
        return new Standardisation(means, deviations);
    }

    /** The rows in deviations from the mean; throws if they have another width or features that are no numbers. */
    float[][] apply(float[][] rows) {
        check(rows, means.length);
        float[][] standardised = new float[rows.length][means.length];
        for (int row = 0; row < rows.length; row++) {
            for (int feature = 0; feature < means.length; feature++) {
                double value = (rows[row][feature] - means[feature]) / deviations[feature];
                standardised[row][feature] = (float) Math.clamp(value, -LARGEST, LARGEST);
            }
        }
        return standardised;
    }

    private static void check(float[][] rows, int width) {
        for (int row = 0; row < rows.length; row++) {
            if (rows[row].length != width) {
                throw new AlgebraException(
                        AlgebraException.Code.FEATURES,
                        "Row " + row + " has " + rows[row].length + " features: pass " + width
                                + ", as in the first fitted row");
            }
            for (int feature = 0; feature < width; feature++) {
                if (!Float.isFinite(rows[row][feature])) {
                    throw new AlgebraException(
                            AlgebraException.Code.FEATURES,
                            "Feature " + feature + " of row " + row + " is " + rows[row][feature]
                                    + ": pass finite numbers");
                }
            }
        }
    }
}
