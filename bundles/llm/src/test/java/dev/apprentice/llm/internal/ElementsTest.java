package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Quantizer;
import dev.apprentice.testkit.Golden;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElementsTest {
    private static float[] roundTrip(float[] values, DataType type) {
        Arena arena = Arena.ofAuto();
        Matrix matrix = new Matrix(type, 1, values.length, arena.allocate(type.rowBytes(values.length)));
        Quantizer.write(values, type, matrix.data());
        MemorySegment back = arena.allocate(4L * values.length, 4);
        Elements.decode(matrix, 0, back, 0);
        return TestModel.floats(back);
    }

    @ParameterizedTest
    @CsvSource({"F32, 1e-12", "BF16, 2e-3", "Q8_0, 1e-2", "Q4_0, 0.11"})
    void normalNumbersSurviveToThePrecisionOfTheType(DataType type, double tolerance) {
        Random random = new Random(1);
        float[] values = new float[4096];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        assertThat(Golden.relativeError(roundTrip(values, type), values)).isLessThan(tolerance);
    }

    @ParameterizedTest
    @CsvSource({"Q8_0", "Q4_0"})
    void blocksOfZerosStayZeros(DataType type) {
        assertThat(roundTrip(new float[64], type)).containsExactly(new float[64], within(0f));
    }

    @Test
    void valuesOfTheGridAreExact() {
        float[] values = new float[32];
        for (int i = 0; i < 32; i++) {
            values[i] = (i % 16 - 8) * 0.25f;
        }
        assertThat(roundTrip(values, DataType.Q4_0)).isEqualTo(values);
    }
}
