package dev.apprentice.llm.internal.gguf;

import java.util.Optional;

/**
 * Finds the settings of Llama 3's rope scaling from the tensor rope_freqs that GGUF files hold instead of them: each frequency's
 * divisor. With waves shorter than original/high the divisor is 1, with those longer than original/low it is the factor, and between
 * them 1/divisor grows linearly with 1/wavelength. Only ratios of the three lengths matter, so low is taken as 1.
 */
record RopeFactors(double factor, double low, double high, double original) {
    private static final double TOLERANCE = 1e-4;

    /** The settings that give these divisors, if there are any. */
    static Optional<RopeFactors> of(float[] divisors, double theta) {
        double factor = 1;
        for (float divisor : divisors) {
            factor = Math.max(factor, divisor);
        }
        if (!(factor > 1)) {
            return Optional.empty();
        }
        // a line through the first and last divisor strictly between 1 and the factor
        int first = -1;
        int last = -1;
        for (int i = 0; i < divisors.length; i++) {
            if (divisors[i] > 1 + 1e-6 && divisors[i] < factor * (1 - 1e-6)) {
                first = first < 0 ? i : first;
                last = i;
            }
        }
        if (first < 0 || first == last) {
            return Optional.empty();
        }
        double slope = (smooth(divisors[first], factor) - smooth(divisors[last], factor))
                / (1 / wavelength(first, divisors.length, theta) - 1 / wavelength(last, divisors.length, theta));
        double atZero = smooth(divisors[first], factor) - slope / wavelength(first, divisors.length, theta);
        double span = -1 / atZero; // (high − low) / low
        RopeFactors found = new RopeFactors(round(factor), 1, round(1 + span), round(slope * span));
        return found.explains(divisors, theta) ? Optional.of(found) : Optional.empty();
    }

    private boolean explains(float[] divisors, double theta) {
        for (int i = 0; i < divisors.length; i++) {
            double expected = divisor(wavelength(i, divisors.length, theta));
            if (!(Math.abs(divisors[i] - expected) <= TOLERANCE * expected)) {
                return false;
            }
        }
        return true;
    }

    /** What the frequency of a wave is divided by. */
    double divisor(double wavelength) {
        double smooth = Math.clamp((original / wavelength - low) / (high - low), 0, 1);
        return 1 / ((1 - smooth) / factor + smooth);
    }

    static double wavelength(int index, int count, double theta) {
        return 2 * Math.PI * Math.pow(theta, (double) index / count);
    }

    private static double smooth(double divisor, double factor) {
        return (1 / divisor - 1 / factor) / (1 - 1 / factor);
    }

    /** Settings are whole numbers, divisors are rounded to float32. */
    private static double round(double value) {
        double whole = Math.rint(value);
        return Math.abs(value - whole) <= 1e-3 * whole ? whole : value;
    }
}
