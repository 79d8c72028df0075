package dev.apprentice.algebra.nd4j.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Nd4jAlgebraTest {
    private final Nd4jAlgebra algebra = new Nd4jAlgebra((Path) null);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 17, 1023, 900_001})
    void agreesWithPlainLoops(int length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = Floats.random(arena, length, 1);
            MemorySegment vector = Floats.random(arena, length, 2);
            float[] expected = Floats.array(target);
            float[] other = Floats.array(vector);
            double squares = 0;
            for (int i = 0; i < length; i++) {
                expected[i] = expected[i] * -0.75f + 0.3f * other[i];
                squares += (double) expected[i] * expected[i];
            }

            algebra.scale(target, -0.75);
            algebra.addScaled(target, 0.3, vector);

            assertThat(Floats.largestDifference(target, expected)).isLessThan(2e-5);
            assertThat(algebra.norm(target)).isCloseTo(Math.sqrt(squares), within(1e-5 * Math.sqrt(squares)));
            assertThat(Floats.largestDifference(vector, other)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 900_001})
    void penaltyAndItsGradientAgreeWithPlainLoops(int length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment gradient = Floats.random(arena, length, 1);
            MemorySegment importance = Floats.random(arena, length, 2);
            MemorySegment parameters = Floats.random(arena, length, 3);
            MemorySegment anchor = Floats.random(arena, length, 4);
            float[] expected = Floats.array(gradient);
            double penalty = 0;
            double size = 0;
            for (int i = 0; i < length; i++) {
                double weight = importance.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                double difference = parameters.getAtIndex(ValueLayout.JAVA_FLOAT, i)
                        - (double) anchor.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                expected[i] += (float) (0.4 * weight * difference);
                penalty += 0.2 * weight * difference * difference;
                size += 0.2 * Math.abs(weight) * difference * difference;
            }

            double actual = algebra.addImportancePenalty(gradient, 0.4, importance, parameters, anchor);

            assertThat(actual).isCloseTo(penalty, within(1e-5 * size));
            assertThat(Floats.largestDifference(gradient, expected)).isLessThan(1e-4);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 31, 900_001})
    void findsOneNumberThatIsNotFinite(int length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment vector = Floats.random(arena, length, 1);
            vector.setAtIndex(ValueLayout.JAVA_FLOAT, 0, Float.MAX_VALUE);
            assertThat(algebra.isFinite(vector)).isTrue();
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                for (int at : new int[] {0, length / 2, length - 1}) {
                    float good = vector.getAtIndex(ValueLayout.JAVA_FLOAT, at);
                    vector.setAtIndex(ValueLayout.JAVA_FLOAT, at, bad);
                    assertThat(algebra.isFinite(vector)).as("%s at %s", bad, at).isFalse();
                    vector.setAtIndex(ValueLayout.JAVA_FLOAT, at, good);
                }
            }
        }
    }

    @Test
    void refusesVectorsThatDoNotFit() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment three = Floats.random(arena, 3, 1);
            assertThatThrownBy(() -> algebra.addScaled(three, 1, Floats.random(arena, 4, 1)))
                    .isInstanceOf(AlgebraException.class)
                    .hasMessageContaining("3 and 4 floats");
            assertThatThrownBy(() -> algebra.norm(MemorySegment.ofArray(new float[3])))
                    .isInstanceOfSatisfying(
                            AlgebraException.class, e -> assertThat(e.code()).isEqualTo(AlgebraException.Code.VECTOR));
        }
        MemorySegment vector;
        try (Arena closed = Arena.ofConfined()) {
            vector = Floats.random(closed, 3, 1);
        }
        assertThatThrownBy(() -> algebra.norm(vector)).hasMessageContaining("open false");
    }
}
