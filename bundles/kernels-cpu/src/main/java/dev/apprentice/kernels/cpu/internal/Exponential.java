package dev.apprentice.kernels.cpu.internal;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * eˣ and 1/(1+e⁻ˣ), good to about two units in the last place, NaN for NaN.
 *
 * <p>x = n·ln 2 + r with |r| ≤ ln 2 / 2, and eʳ by its Taylor polynomial of degree 7, whose remainder there is below 6·10⁻⁹.
 */
final class Exponential {
    private static final float LOG2_E = 1.442695041f;
    /** ln 2 in two parts; the first has so few bits that its product with n is exact. */
    private static final float LN2_HIGH = 0.693359375f;

    private static final float LN2_LOW = -2.12194440e-4f;
    /** Adding and subtracting 1.5·2²³ rounds to the nearest integer. */
    private static final float ROUNDER = 12582912f;

    private static final FloatVector ONE = FloatVector.broadcast(Lanes.FLOATS, 1);

    private Exponential() {}

    static FloatVector exp(FloatVector x) {
        FloatVector limited = x.max(-104f).min(89f); // beyond: exactly 0, exactly infinity
        FloatVector n = limited.mul(LOG2_E).add(ROUNDER).sub(ROUNDER);
        FloatVector r = limited.sub(n.mul(LN2_HIGH)).sub(n.mul(LN2_LOW));
        FloatVector p = r.mul(1f / 5040)
                .add(1f / 720)
                .fma(r, FloatVector.broadcast(Lanes.FLOATS, 1f / 120))
                .fma(r, FloatVector.broadcast(Lanes.FLOATS, 1f / 24))
                .fma(r, FloatVector.broadcast(Lanes.FLOATS, 1f / 6))
                .fma(r, FloatVector.broadcast(Lanes.FLOATS, 0.5f))
                .fma(r, ONE)
                .fma(r, ONE);
        // 2ⁿ in two factors, so that neither leaves the range of normal numbers
        IntVector exponent = (IntVector) n.convert(VectorOperators.F2I, 0);
        IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
        return p.mul(powerOfTwo(half)).mul(powerOfTwo(exponent.sub(half)));
    }

    static FloatVector sigmoid(FloatVector x) {
        return ONE.div(exp(x.neg()).add(1));
    }

    private static FloatVector powerOfTwo(IntVector exponent) {
        return exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }
}
