package dev.apprentice.testkit;

import dev.apprentice.compute.AttentionShape;
import java.util.stream.IntStream;

/** The formulas of {@link dev.apprentice.compute.Kernels} in double precision, written for reading. Arrays are (rows, columns). */
final class DoubleReference {
    private DoubleReference() {}

    /** a bᵀ. */
    static double[][] timesTransposed(double[][] a, double[][] b) {
        return generate(a.length, b.length, (i, j) -> dot(a[i], b[j]));
    }

    static double[][] transposed(double[][] a) {
        return generate(a[0].length, a.length, (i, j) -> a[j][i]);
    }

    static double[][] rmsNorm(double[][] x, double[] weight, double epsilon) {
        return generate(
                x.length,
                weight.length,
                (i, j) -> x[i][j] / Math.sqrt(dot(x[i], x[i]) / weight.length + epsilon) * weight[j]);
    }

    static double[][] swiGlu(double[][] gate, double[][] up) {
        return generate(gate.length, gate[0].length, (i, j) -> gate[i][j] / (1 + Math.exp(-gate[i][j])) * up[i][j]);
    }

    /** Element i of a head turns with element i + headDim/2 by position · theta^(−2i/headDim). */
    static double[][] rotate(double[][] x, int headDim, int start, double theta) {
        int half = headDim / 2;
        return generate(x.length, x[0].length, (row, column) -> {
            int i = column % headDim % half;
            double angle = (start + row) * Math.pow(theta, -2.0 * i / headDim);
            return column % headDim < half
                    ? x[row][column] * Math.cos(angle) - x[row][column + half] * Math.sin(angle)
                    : x[row][column] * Math.cos(angle) + x[row][column - half] * Math.sin(angle);
        });
    }

    static double[][] attention(AttentionShape shape, int past, double[][] q, double[][] k, double[][] v) {
        int d = shape.headDim();
        double[][] out = new double[q.length][shape.queryWidth()];
        for (int head = 0; head < shape.heads(); head++) {
            int query = head * d;
            int key = head / (shape.heads() / shape.keyValueHeads()) * d;
            for (int token = 0; token < q.length; token++) {
                int current = token;
                int first = Math.max(0, past + token + 1 - shape.window());
                double[] scores = IntStream.rangeClosed(first, past + token)
                        .mapToDouble(other -> IntStream.range(0, d)
                                        .mapToDouble(i -> q[current][query + i] * k[other][key + i])
                                        .sum()
                                / Math.sqrt(d))
                        .toArray();
                double normaliser = logSumExp(scores);
                for (int other = 0; other < scores.length; other++) {
                    for (int i = 0; i < d; i++) {
                        out[token][query + i] += Math.exp(scores[other] - normaliser) * v[first + other][key + i];
                    }
                }
            }
        }
        return out;
    }

    static double crossEntropy(double[] logits, int target) {
        return logSumExp(logits) - logits[target];
    }

    static double divergence(double[] student, double[] teacher) {
        double studentNormaliser = logSumExp(student);
        double teacherNormaliser = logSumExp(teacher);
        return IntStream.range(0, student.length)
                .mapToDouble(i -> Math.exp(teacher[i] - teacherNormaliser)
                        * (teacher[i] - teacherNormaliser - student[i] + studentNormaliser))
                .sum();
    }

    static double sumOfProducts(double[][] a, double[][] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> dot(a[i], b[i])).sum();
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double logSumExp(double[] x) {
        double max = IntStream.range(0, x.length).mapToDouble(i -> x[i]).max().orElseThrow();
        return max
                + Math.log(IntStream.range(0, x.length)
                        .mapToDouble(i -> Math.exp(x[i] - max))
                        .sum());
    }

    static double[][] generate(int rows, int columns, Element element) {
        double[][] result = new double[rows][columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result[i][j] = element.at(i, j);
            }
        }
        return result;
    }

    interface Element {
        double at(int row, int column);
    }
}
