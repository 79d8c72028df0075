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
        return step == 0 ? zero : nearest(weight, 1 / step);
    }

    /** Cut before it is rounded, which then is a matter of dropping what follows the point. */
    private int nearest(float weight, float perStep) {
        return (int) Math.min(15.5f, Math.max(0f, weight * perStep + zero + 0.5f));
    }

    float value(int code) {
        return (code - zero) * step;
    }

    /** The grid whose step leaves the smallest error with the codes that this one gives: least squares. */
    FourBitGrid fitted(float[] weights, float[] importance, int from, int count) {
        float perStep = step == 0 ? 0 : 1 / step;
        float product = 0;
        float square = 0;
        for (int i = from; i < from + count; i++) {
            int steps = nearest(weights[i], perStep) - zero;
            product += importance[i] * weights[i] * steps;
            square += importance[i] * steps * steps;
        }
        return square == 0 ? this : new FourBitGrid(half(product / square), zero);
    }

    /** As a float16 holds it. */
    static float half(float value) {
        return Float.float16ToFloat(Float.floatToFloat16(value));
    }

    /** Σ importance·(weight − nearest value)² over {@code count} weights from {@code from}. */
    double error(float[] weights, float[] importance, int from, int count) {
        float perStep = step == 0 ? 0 : 1 / step;
        float sum = 0;
        for (int i = from; i < from + count; i++) {
            float off = weights[i] - value(nearest(weights[i], perStep));
            sum += importance[i] * off * off;
        }
        return sum;
    }
}
