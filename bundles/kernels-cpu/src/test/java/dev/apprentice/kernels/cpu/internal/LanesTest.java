package dev.apprentice.kernels.cpu.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class LanesTest {
    /** Halves to halves, before the compiler has seen the code and after. */
    @Test
    void lanesAreAddedUpInOneOrder() {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            float[] lanes = new float[Lanes.COUNT];
            for (int lane = 0; lane < lanes.length; lane++) {
                lanes[lane] = random.nextFloat() - 0.3f;
            }
            float sum = Lanes.sum(FloatVector.fromArray(Lanes.FLOATS, lanes, 0));
            for (int half = lanes.length / 2; half > 0; half /= 2) {
                for (int lane = 0; lane < half; lane++) {
                    lanes[lane] += lanes[lane + half];
                }
            }
            assertThat(sum).isEqualTo(lanes[0]);
        }
    }
}
