package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.compute.Dequantizer;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Quantizer;
import dev.apprentice.compute.Tensor;
import dev.apprentice.model.ModelException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FourBitLayoutTest {
    private static final int ROWS = 20;
    private static final int COLUMNS = 256;

    private final Arena arena = Arena.ofAuto();
    private final Random random = new Random(5);

    private Tensor gaussian(double mean) {
        Tensor weights = Tensor.allocate(arena, ROWS, COLUMNS);
        for (int row = 0; row < ROWS; row++) {
            for (int i = 0; i < COLUMNS; i++) {
                weights.set(row, i, (float) (mean + random.nextGaussian()));
            }
        }
        return weights;
    }

    private float[] importance() {
        float[] importance = new float[COLUMNS];
        for (int i = 0; i < COLUMNS; i++) {
            importance[i] = (float) Math.exp(random.nextGaussian());
        }
        return importance;
    }

    private double error(Tensor weights, Matrix rounded, float[] importance) {
        Tensor values = Dequantizer.toTensor(arena, rounded);
        double sum = 0;
        for (int row = 0; row < ROWS; row++) {
            for (int i = 0; i < COLUMNS; i++) {
                double off = weights.get(row, i) - values.get(row, i);
                sum += importance[i] * off * off;
            }
        }
        return sum;
    }

    @ParameterizedTest
    @EnumSource
    void aSearchedGridIsNearerThanThePlainOne(FourBitLayout layout) {
        Tensor weights = gaussian(0.3);
        float[] importance = importance();
        Matrix plain = Quantizer.convert(arena, weights.asMatrix(), layout.type());
        Matrix searched = layout.quantise(weights, importance, arena);
        assertThat(error(weights, searched, importance)).isLessThan(0.95 * error(weights, plain, importance));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenIsReadBackAsTheGridsValues(FourBitLayout layout) {
        float[] weights = gaussian(-0.2).rows(0, 1).data().toArray(ValueLayout.JAVA_FLOAT);
        FourBitGrid[] grids = layout.grids(weights, importance());
        byte[] codes = new byte[COLUMNS];
        for (int i = 0; i < COLUMNS; i++) {
            codes[i] = (byte) grids[i / layout.group()].code(weights[i]);
        }
        Matrix row = layout.allocate(1, COLUMNS, arena);
        layout.write(grids, codes, row.row(0));
        float[] back = new float[COLUMNS];
        Dequantizer.row(row, 0, back);
        for (int i = 0; i < COLUMNS; i++) {
            assertThat(back[i]).isEqualTo(grids[i / layout.group()].value(codes[i]));
        }
    }

    @ParameterizedTest
    @EnumSource
    void zerosStayZeros(FourBitLayout layout) {
        Tensor zeros = Tensor.allocate(arena, ROWS, COLUMNS);
        Tensor values = Dequantizer.toTensor(arena, layout.quantise(zeros, importance(), arena));
        for (float value : TestModel.floats(values.data())) {
            assertThat(value == 0).as("a zero became " + value).isTrue();
        }
    }

    @Test
    void anotherTypeIsRefusedByName() {
        assertThatThrownBy(() -> FourBitLayout.parse("Q4_K"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("Q4_K")
                .hasMessageContaining("Q4_0 or Q4_G128");
    }
}
