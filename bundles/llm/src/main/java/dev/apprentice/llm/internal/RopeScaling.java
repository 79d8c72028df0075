package dev.apprentice.llm.internal;

import dev.apprentice.compute.RotaryTable;
import java.util.List;

/** How the frequencies of rotary position embedding are stretched to a longer context. */
sealed interface RopeScaling {
    /** Not at all. */
    record None() implements RopeScaling {}

    /** All by one factor (arXiv 2306.15595). */
    record Linear(double factor) implements RopeScaling {}

    /**
     * Llama 3.1: slow turns by the factor, fast ones not, those between in part; slow and fast by how often they turn in the original
     * context (arXiv 2407.21783 and the code published with it).
     */
    record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalContext)
            implements RopeScaling {}

    /** Each frequency by a divisor of its own, as GGUF files hold the factors of {@link Llama3}; headDim/2 of them. */
    record Divisors(List<Double> divisors) implements RopeScaling {}

    /** Turns per position of the headDim/2 pairs of a head, in radians. */
    default float[] frequencies(int headDim, double theta) {
        float[] frequencies = RotaryTable.frequencies(headDim, theta);
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = scaled(frequencies[i], i);
        }
        return frequencies;
    }

    private float scaled(float frequency, int index) {
        return switch (this) {
            case None() -> frequency;
            case Linear(double factor) -> (float) (frequency / factor);
            case Llama3 llama -> smooth(llama, frequency);
            case Divisors(List<Double> divisors) -> (float) (frequency / divisors.get(index));
        };
    }

    private static float smooth(Llama3 by, float frequency) {
        double turns = by.originalContext() * frequency / (2 * Math.PI);
        double kept = (turns - by.lowFrequencyFactor()) / (by.highFrequencyFactor() - by.lowFrequencyFactor());
        double share = Math.clamp(kept, 0, 1);
        return (float) ((1 - share) * frequency / by.factor() + share * frequency);
    }
}
