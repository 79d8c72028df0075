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
    @CsvSource({
        "F32, 0",
        "F16, 0.0003",
        "BF16, 0.002",
        "Q8_0, 0.0041",
        "Q4_0, 0.0661",
        "Q4_1, 0.068",
        "Q4_K, 0.085", // the 6-bit scales and minima add a part of their own
        "Q5_K, 0.05",
        "Q6_K, 0.02",
        "Q4_G128, 0.068"
    })
    void everyElementIsWithinHalfAStep(DataType type, double error) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor source = Tensor.allocate(arena, 3, 256);
            Random random = new Random(1);
            for (int i = 0; i < 3 * 256; i++) {
                source.set(i / 256, i % 256, random.nextFloat() * 2 - 1);
            }
            source.set(0, 5, 1); // a whole step of Q4_0 is an eighth of the farthest element
            Tensor back = Dequantizer.toTensor(arena, Quantizer.convert(arena, source.asMatrix(), type));
            for (int i = 0; i < 3 * 256; i++) {
                // the end of the shorter side, or the one that the zero point was rounded away from, may be a whole
                // step away
                boolean clipped = type == DataType.Q4_0 || type == DataType.Q4_G128 || type == DataType.Q6_K;
                assertThat((double) back.get(i / 256, i % 256))
                        .isCloseTo(source.get(i / 256, i % 256), within(clipped ? 2 * error : error));
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
    @CsvSource({
        "F16, 1e9, columns 300 to 300",
        "Q8_0, NaN, columns 288 to 319",
        "Q8_0, Infinity, columns 288 to 319",
        "Q4_0, NaN, columns 288 to 319",
        "Q4_0, 1e9, columns 288 to 319",
        "Q4_1, NaN, columns 288 to 319",
        "Q4_K, NaN, columns 256 to 511",
        "Q4_K, -Infinity, columns 256 to 511",
        "Q5_K, 1e9, columns 256 to 511",
        "Q6_K, NaN, columns 256 to 511",
        "Q6_K, 1e9, columns 256 to 511",
        "Q4_G128, NaN, columns 256 to 383"
    })
    void whatAScaleCannotHoldIsRefused(DataType type, float value, String where) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor source = Tensor.allocate(arena, 2, 512);
            source.set(1, 300, value);
            assertThatThrownBy(() -> Quantizer.convert(arena, source.asMatrix(), type))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Row 1, " + where);
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
