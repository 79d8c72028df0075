package dev.apprentice.algebra.nd4j.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.apprentice.compute.LearningAlgebra.OutlierDetector;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AutoencoderDetectorTest {
    private final Nd4jAlgebra algebra = new Nd4jAlgebra((Path) null);

    @ParameterizedTest
    @CsvSource({"256, 16", "64, 8", "300, 64"})
    void tellsOutliersFromRowsOfTheSameKind(int count, int width) {
        OutlierDetector detector = algebra.outlierDetector(Floats.rows(count, width, 1), 7);
        float[][] far = Floats.rows(50, width, 2);
        float[][] incoherent = Floats.rows(50, width, 3);
        for (int i = 0; i < 50; i++) {
            far[i][i % width] += 40;
            for (int feature = width / 2; feature < width; feature++) {
                incoherent[i][feature] = 10 - incoherent[i][feature];
            }
        }

        assertThat(mean(detector.quantiles(Floats.rows(200, width, 4)))).isBetween(0.3, 0.8);
        assertThat(mean(detector.quantiles(far))).isGreaterThan(0.99);
        assertThat(mean(detector.quantiles(incoherent))).isGreaterThan(0.9);
    }

    @Test
    void ranksTheFittedRowsEvenlyAndAbsurdOnesLast() {
        float[][] rows = Floats.rows(100, 9, 1);
        OutlierDetector detector = algebra.outlierDetector(rows, 7);
        double[] quantiles = detector.quantiles(rows);
        Arrays.sort(quantiles);
        assertThat(quantiles[0]).isZero();
        assertThat(quantiles[99]).isEqualTo(0.99);
        assertThat(mean(quantiles)).isBetween(0.49, 0.5);
        float[] absurd = new float[9];
        Arrays.fill(absurd, Float.MAX_VALUE);
        assertThat(detector.quantiles(new float[][] {absurd})).containsExactly(1);
        assertThat(detector.quantiles(new float[0][])).isEmpty();
    }

    @Test
    void dependsOnRowsAndSeedOnly() {
        float[][] rows = Floats.rows(128, 12, 1);
        float[][] others = Floats.rows(40, 12, 2);
        OutlierDetector detector = algebra.outlierDetector(rows, 7);
        double[] first = detector.quantiles(others);
        assertThat(algebra.outlierDetector(rows, 7).quantiles(others)).isEqualTo(first);
        assertThat(algebra.outlierDetector(rows, 8).quantiles(others)).isNotEqualTo(first);
        assertThat(detector.quantiles(others)).isEqualTo(first);
    }

    @Test
    void featuresThatNeverVariedAreNoObstacle() {
        float[][] rows = Floats.rows(64, 8, 1);
        for (float[] row : rows) {
            row[3] = 2;
        }
        OutlierDetector detector = algebra.outlierDetector(rows, 7);
        float[] changed = rows[0].clone();
        changed[3] = 50;
        assertThat(detector.quantiles(new float[][] {changed})).containsExactly(1);
    }

    @Test
    void refusesRowsThatDoNotFit() {
        assertThatThrownBy(() -> algebra.outlierDetector(new float[][] {{1}}, 7))
                .hasMessageContaining("1 rows");
        OutlierDetector detector = algebra.outlierDetector(Floats.rows(8, 4, 1), 7);
        assertThatThrownBy(() -> detector.quantiles(new float[1][3])).hasMessageContaining("Row 0 has 3 features");
        assertThatThrownBy(() -> detector.quantiles(new float[][] {{1, 2, Float.NaN, 4}}))
                .isInstanceOfSatisfying(
                        AlgebraException.class, e -> assertThat(e.code()).isEqualTo(AlgebraException.Code.FEATURES));
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }
}
