package dev.apprentice.llm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReverseCholeskyTest {
    /** A Aᵀ + I for a random A: symmetric and positive definite; row i from its diagonal on. */
    private static double[][] positiveDefinite(int n) {
        Random random = new Random(n);
        double[][] a = new double[n][n];
        for (double[] row : a) {
            for (int j = 0; j < n; j++) {
                row[j] = random.nextGaussian();
            }
        }
        double[][] h = new double[n][];
        for (int i = 0; i < n; i++) {
            h[i] = new double[n - i];
            for (int j = i; j < n; j++) {
                double sum = i == j ? 1 : 0;
                for (int k = 0; k < n; k++) {
                    sum += a[i][k] * a[j][k];
                }
                h[i][j - i] = sum;
            }
        }
        return h;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 47, 48, 49, 96, 101, 150})
    void theFactorTimesItsTransposeIsTheMatrix(int n) {
        double[][] h = positiveDefinite(n);
        double[][] r = positiveDefinite(n);
        ReverseCholesky.decompose(r);
        for (int i = 0; i < n; i++) {
            assertThat(r[i][0]).isPositive();
            for (int j = i; j < n; j++) {
                double sum = 0;
                for (int k = j; k < n; k++) {
                    sum += r[i][k - i] * r[j][k - j];
                }
                assertThat(sum).as("element %d, %d", i, j).isCloseTo(h[i][j - i], within(1e-9 * n));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 99})
    void whatIsNotPositiveDefiniteIsRefused(int at) {
        double[][] h = positiveDefinite(100);
        h[at][0] = -1;
        assertThatThrownBy(() -> ReverseCholesky.decompose(h)).isInstanceOf(ArithmeticException.class);
    }
}
