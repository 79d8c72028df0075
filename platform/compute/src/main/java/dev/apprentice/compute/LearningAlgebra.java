package dev.apprentice.compute;

import java.lang.foreign.MemorySegment;

/**
 * Algebra over the flat float32 vectors of learning: parameters, gradients, optimiser state, importance and anchor of an adapter.
 * Every segment is native memory of the same length; nothing is copied.
 */
public interface LearningAlgebra {

    /** Euclidean norm. */
    double norm(MemorySegment vector);

    /** vector *= factor. */
    void scale(MemorySegment vector, double factor);

    /** target += factor · vector. */
    void addScaled(MemorySegment target, double factor, MemorySegment vector);

    /** Whether no element is NaN or infinite. */
    boolean isFinite(MemorySegment vector);

    /**
     * Adds the gradient of the EWC penalty (strength/2) Σ importance·(parameters − anchor)² (arXiv 1612.00796) to the gradient.
     *
     * @return the penalty
     */
    double addImportancePenalty(
            MemorySegment gradient,
            double strength,
            MemorySegment importance,
            MemorySegment parameters,
            MemorySegment anchor);

    /** A new Adam optimiser (arXiv 1412.6980) whose moments live in {@code state}, two vectors long. */
    Optimiser adam(AdamSettings settings, MemorySegment state);

    /** Fits a variational auto-encoder to rows of features (samples, features), which then scores how unlike them others are. */
    OutlierDetector outlierDetector(float[][] rows, long seed);

    /** Decay rates and stabiliser of Adam. */
    record AdamSettings(double beta1, double beta2, double epsilon) {
        public static final AdamSettings DEFAULT = new AdamSettings(0.9, 0.999, 1e-8);
    }

    /** One optimiser over one parameter vector. */
    interface Optimiser {
        /**
         * parameters −= update(gradient); the gradient is overwritten.
         *
         * @param step number of steps taken before this one, for bias correction
         */
        void apply(MemorySegment parameters, MemorySegment gradient, double learningRate, int step);
    }

    /** Scores how unlike the fitted rows a row is. */
    interface OutlierDetector {
        /** Quantile in [0, 1] of each row's reconstruction score among the fitted rows; 1 is the most unlike. */
        double[] quantiles(float[][] rows);
    }
}
