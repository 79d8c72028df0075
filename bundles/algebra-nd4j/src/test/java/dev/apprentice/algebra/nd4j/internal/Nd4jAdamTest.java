package dev.apprentice.algebra.nd4j.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.LearningAlgebra.AdamSettings;
import dev.apprentice.compute.LearningAlgebra.Optimiser;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Nd4jAdamTest {
    private static final int STEPS = 6;

    private final Nd4jAlgebra algebra = new Nd4jAlgebra((Path) null);

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 1000, 70_001})
    void followsThePaper(int length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment parameters = Floats.random(arena, length, 1);
            MemorySegment state = Floats.empty(arena, 2 * length);
            double[] expected = new double[length];
            double[] m = new double[length];
            double[] v = new double[length];
            float[] start = Floats.array(parameters);
            for (int i = 0; i < length; i++) {
                expected[i] = start[i];
            }
            Optimiser adam = algebra.adam(AdamSettings.DEFAULT, state);

            for (int step = 0; step < STEPS; step++) {
                double rate = 0.01 / (step + 1);
                MemorySegment gradient = Floats.random(arena, length, 10 + step);
                float[] g = Floats.array(gradient);
                adam.apply(parameters, gradient, rate, step);
                for (int i = 0; i < length; i++) {
                    m[i] = 0.9 * m[i] + 0.1 * g[i];
                    v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
                    double corrected = rate * Math.sqrt(1 - Math.pow(0.999, step + 1)) / (1 - Math.pow(0.9, step + 1));
                    expected[i] -= corrected * m[i] / (Math.sqrt(v[i]) + 1e-8);
                }
            }

            float[] actual = Floats.array(parameters);
            float[] moments = Floats.array(state);
            for (int i = 0; i < length; i++) {
                assertThat((double) actual[i]).isCloseTo(expected[i], within(1e-5));
                assertThat((double) moments[i]).isCloseTo(m[i], within(1e-6));
                assertThat((double) moments[length + i]).isCloseTo(v[i], within(1e-6));
            }
        }
    }

    @Test
    void resumesBitForBitFromItsSavedState() {
        int length = 10_007;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment parameters = Floats.random(arena, length, 1);
            MemorySegment state = Floats.empty(arena, 2 * length);
            take(parameters, state, 0, 3);
            MemorySegment savedParameters = Floats.empty(arena, length).copyFrom(parameters);
            MemorySegment savedState = Floats.empty(arena, 2 * length).copyFrom(state);
            take(parameters, state, 3, STEPS);

            take(savedParameters, savedState, 3, STEPS);

            assertThat(savedParameters.mismatch(parameters)).isEqualTo(-1);
            assertThat(savedState.mismatch(state)).isEqualTo(-1);
        }
    }

    private void take(MemorySegment parameters, MemorySegment state, int from, int to) {
        Optimiser adam = algebra.adam(AdamSettings.DEFAULT, state);
        try (Arena arena = Arena.ofConfined()) {
            for (int step = from; step < to; step++) {
                adam.apply(parameters, Floats.random(arena, (int) (parameters.byteSize() / 4), step), 0.01, step);
            }
        }
    }

    @Test
    void refusesAStateOfAnotherLength() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment parameters = Floats.random(arena, 4, 1);
            Optimiser adam = algebra.adam(AdamSettings.DEFAULT, Floats.empty(arena, 6));
            assertThatThrownBy(() -> adam.apply(parameters, Floats.random(arena, 4, 2), 0.1, 0))
                    .hasMessageContaining("4 and 3 floats");
            assertThatThrownBy(() -> algebra.adam(AdamSettings.DEFAULT, Floats.empty(arena, 7)))
                    .hasMessageContaining("7 floats");
        }
    }
}
