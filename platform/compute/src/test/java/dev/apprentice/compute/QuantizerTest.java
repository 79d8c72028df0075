package dev.apprentice.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizerTest {

    @ParameterizedTest
    @CsvSource({"F32, 0", "BF16, 0.002", "Q8_0, 0.0041", "Q4_0, 0.0661"})
    void everyElementIsWithinHalfAStep(DataType type, double error) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor source = Tensor.allocate(arena, 3, 96);
            Random random = new Random(1);
            for (int i = 0; i < 3 * 96; i++) {
                source.set(i / 96, i % 96, random.nextFloat() * 2 - 1);
            }
            source.set(0, 5, 1); // a whole step of Q4_0 is an eighth of the farthest element
            Tensor back = Dequantizer.toTensor(arena, Quantizer.convert(arena, source.asMatrix(), type));
            for (int i = 0; i < 3 * 96; i++) {
                boolean clipped = type == DataType.Q4_0; // the end of the shorter side may be a whole step away
                assertThat((double) back.get(i / 96, i % 96))
                        .isCloseTo(source.get(i / 96, i % 96), within(clipped ? 2 * error : error));
            }
        }
    }

    @Test
    void nibblesLieAsInGgml() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(18);
            block.set(ValueLayout.JAVA_SHORT, 0, Float.floatToFloat16(0.5f));
            block.set(ValueLayout.JAVA_BYTE, 2, (byte) 0xF0); // element 0 is 0 − 8, element 16 is 15 − 8
            block.set(ValueLayout.JAVA_BYTE, 17, (byte) 0x19); // element 15 is 9 − 8, element 31 is 1 − 8
            Tensor values = Dequantizer.toTensor(arena, new Matrix(DataType.Q4_0, 1, 32, block));
            assertThat(values.get(0, 0)).isEqualTo(-4);
            assertThat(values.get(0, 16)).isEqualTo(3.5f);
            assertThat(values.get(0, 15)).isEqualTo(0.5f);
            assertThat(values.get(0, 31)).isEqualTo(-3.5f);
        }
    }

    @ParameterizedTest
    @CsvSource({"Q8_0, NaN", "Q8_0, Infinity", "Q4_0, NaN", "Q4_0, 1e9"})
    void whatAScaleCannotHoldIsRefused(DataType type, float value) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor source = Tensor.allocate(arena, 2, 64);
            source.set(1, 40, value);
            assertThatThrownBy(() -> Quantizer.convert(arena, source.asMatrix(), type))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Row 1, columns 32 to 63");
        }
    }

    @Test
    void bfloat16RoundsToTheNearestEvenAndKeepsNaN() {
        assertThat(BFloat16.toFloat(BFloat16.fromFloat(1.00390625f))).isEqualTo(1);
        assertThat(BFloat16.toFloat(BFloat16.fromFloat(1.01171875f))).isEqualTo(1.015625f);
        assertThat(BFloat16.toFloat(BFloat16.fromFloat(Float.intBitsToFloat(0x7F800001))))
                .isNaN();
        assertThat(BFloat16.toFloat(BFloat16.fromFloat(Float.NEGATIVE_INFINITY)))
                .isEqualTo(Float.NEGATIVE_INFINITY);
    }
}
