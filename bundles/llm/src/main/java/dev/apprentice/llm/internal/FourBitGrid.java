package dev.apprentice.llm.internal;

/**
 * The sixteen values that the weights of a group may take: (code − zero) · step for codes from 0 to 15.
 *
 * @param step as a float16 holds it
 * @param zero the code of zero
 */
record FourBitGrid(float step, int zero) {
    /** The code of the nearest value. */
    int code(float weight) {
        return step == 0 ? zero : Math.clamp(Math.round(weight / step) + zero, 0, 15);
    }

    float value(int code) {
        return (code - zero) * step;
    }

    /** The grid whose step leaves the smallest error with the codes that this one gives: least squares. */
    FourBitGrid fitted(float[] weights, float[] importance, int from, int count) {
        double product = 0;
        double square = 0;
        for (int i = from; i < from + count; i++) {
            int steps = code(weights[i]) - zero;
            product += (double) importance[i] * weights[i] * steps;
            square += (double) importance[i] * steps * steps;
        }
        return square == 0 ? this : new FourBitGrid(half((float) (product / square)), zero);
    }

    /** As a float16 holds it. */
    static float half(float value) {
        return Float.float16ToFloat(Float.floatToFloat16(value));
    }

    /** Σ importance·(weight − nearest value)² over {@code count} weights from {@code from}. */
    double error(float[] weights, float[] importance, int from, int count) {
        double sum = 0;
        for (int i = from; i < from + count; i++) {
            float off = weights[i] - value(code(weights[i]));
            sum += (double) importance[i] * off * off;
        }
        return sum;
    }
}
