package dev.apprentice.kernels.cpu.internal;

import static org.assertj.core.api.Assertions.assertThat;

import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class ExponentialTest {

    @Test
    void agreesWithTheLibraryWithinFourUnitsInTheLastPlace() {
        double worst = 0;
        for (float x = -87; x < 88; x += 0.0137f) {
            float expected = (float) Math.exp(x);
            worst = Math.max(worst, Math.abs(exp(x) - expected) / Math.ulp(expected));
        }
        assertThat(worst).isLessThan(4);
    }

    @Test
    void keepsTheEndsOfTheRange() {
        assertThat(exp(0)).isEqualTo(1);
        assertThat(exp(Float.NEGATIVE_INFINITY)).isZero();
        assertThat(exp(-1000)).isZero();
        assertThat(exp(89)).isInfinite();
        assertThat(exp(Float.POSITIVE_INFINITY)).isInfinite();
        assertThat(exp(Float.NaN)).isNaN();
    }

    private static float exp(float x) {
        return Exponential.exp(FloatVector.broadcast(Lanes.FLOATS, x)).lane(0);
    }
}
