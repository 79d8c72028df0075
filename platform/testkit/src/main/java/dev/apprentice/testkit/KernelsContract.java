package dev.apprentice.testkit;

import static dev.apprentice.testkit.Samples.assertClose;
import static dev.apprentice.testkit.Samples.assertSum;
import static dev.apprentice.testkit.Samples.doubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.apprentice.compute.AttentionGradient;
import dev.apprentice.compute.AttentionShape;
import dev.apprentice.compute.AttentionTape;
import dev.apprentice.compute.DataType;
import dev.apprentice.compute.InputMajorMatrix;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.LinearLayer;
import dev.apprentice.compute.LowRank;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Quantizer;
import dev.apprentice.compute.RotaryTable;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every implementation of {@link Kernels} must do: forward operations agree with formulas in double precision, at sizes that
 * fit no vector and no block; gradients agree with finite differences of those formulas.
 */
@Timeout(120)
public abstract class KernelsContract {
    private static final float EPSILON = 1e-5f;

    /** Tokens, outputs, inputs. */
    private static final int[][] PRODUCTS = {
        {1, 1, 1},
        {1, 17, 129},
        {1, 65, 3},
        {3, 17, 33},
        {8, 65, 63},
        {9, 63, 65},
        {17, 33, 1},
        {33, 1, 17},
        {65, 129, 63},
        {63, 65, 601},
        {521, 40, 33}
    };

    private final Kernels kernels;
    private final Arena arena = Arena.ofShared();
    private final Samples samples = new Samples(arena);

    protected KernelsContract(Kernels kernels) {
        this.kernels = kernels;
    }

    /**
     * What one term of a product may add to the error beside the rounding of floats, for kernels that round operands on purpose.
     * Errors of terms are independent, so those of n together are within √n times this, if this is some standard deviations.
     *
     * @param tokens of the product; a backward product counts as one of many
     */
    protected double roundingPerTerm(DataType type, int tokens) {
        return 0;
    }

    @AfterEach
    void freeMemory() {
        arena.close();
    }

    /** A weight that kernels may keep a copy of. */
    private Matrix frozen(DataType type, int rows, int columns) {
        Matrix weight = samples.matrix(type, rows, columns);
        kernels.hold(weight);
        return weight;
    }

    @ParameterizedTest
    @EnumSource
    void layersWithAnAdapterAgreeWithTheFormula(DataType type) {
        for (int[] size : PRODUCTS) {
            for (int rank : new int[] {3, 16}) {
                for (DataType adapterType : new DataType[] {DataType.BF16, DataType.F32}) {
                    layerWithAnAdapter(type, adapterType, size[0], size[1], size[2], rank);
                }
            }
        }
    }

    private void layerWithAnAdapter(DataType type, DataType adapterType, int n, int out, int least, int rank) {
        int in = Math.ceilDiv(least, type.blockElements()) * type.blockElements();
        Matrix weight = frozen(type, out, in);
        LowRank.Served adapter =
                new LowRank.Served(samples.matrix(adapterType, rank, in), samples.matrix(adapterType, rank, out), 0.5f);
        Tensor x = samples.tensor(n, in);
        double[][] base = DoubleReference.timesTransposed(doubles(x), samples.doubles(weight));
        double[][] inner = DoubleReference.timesTransposed(doubles(x), samples.doubles(adapter.a()));
        double[][] change = DoubleReference.timesTransposed(
                inner, DoubleReference.transposed(samples.doubles(adapter.bTransposed())));
        // rounded once on the way to rank and once on the way back
        double ofAdapter = 2 * roundingPerTerm(adapterType, n) * Math.sqrt((double) in * rank);
        String what = type + " " + n + "x" + out + "x" + in + ", rank " + rank + " " + adapterType;

        Tensor y = samples.tensor(n, out);
        double[][] before = doubles(y);
        Tensor lowRank = samples.filled(n, rank, Float.NaN);
        kernels.addLowRank(adapter, x, lowRank, y);
        assertSum("addLowRank " + what, y, before, 0.5f, change, in * rank, ofAdapter);

        Tensor whole = samples.filled(n, out, Float.NaN);
        kernels.multiplyAdapted(weight, adapter, x, lowRank, whole);
        double rounding = roundingPerTerm(type, n) * Math.sqrt(in) + ofAdapter;
        assertSum("multiplyAdapted " + what, whole, base, 0.5f, change, in * rank, rounding);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16", "Q4_0"})
    void layersWithATrainedAdapterAgreeWithTheFormula(DataType type) {
        for (int[] size : PRODUCTS) {
            for (int rank : new int[] {3, 16}) {
                layerWithATrainedAdapter(type, size[0], size[1], size[2], rank);
            }
        }
    }

    private void layerWithATrainedAdapter(DataType type, int n, int out, int least, int rank) {
        int in = Math.ceilDiv(least, type.blockElements()) * type.blockElements();
        Matrix weight = frozen(type, out, in);
        LowRank.Trained adapter = new LowRank.Trained(
                samples.matrix(DataType.F32, rank, in), samples.matrix(DataType.F32, out, rank), 0.5f);
        Tensor x = samples.tensor(n, in);
        double[][] base = DoubleReference.timesTransposed(doubles(x), samples.doubles(weight));
        double[][] inner = DoubleReference.timesTransposed(doubles(x), samples.doubles(adapter.a()));
        double[][] change = DoubleReference.timesTransposed(inner, samples.doubles(adapter.b()));
        DataType roundedTo = type == DataType.F32 ? DataType.F32 : DataType.BF16;
        double ofWeight = roundingPerTerm(type, n) * Math.sqrt(in);
        double ofAdapter = 2 * roundingPerTerm(roundedTo, Integer.MAX_VALUE) * Math.sqrt((double) in * rank);
        String what = type + " " + n + "x" + out + "x" + in + ", trained rank " + rank;

        Tensor lowRank = samples.filled(n, rank, Float.NaN);
        Tensor y = samples.filled(n, out, Float.NaN);
        kernels.multiplyAdapted(weight, adapter, x, lowRank, y);
        assertSum("multiplyAdapted " + what, y, base, 0.5f, change, in * rank, ofWeight);

        Kernels rounding = kernels.asExactAs(type);
        rounding.multiplyAdapted(weight, adapter, x, lowRank, y);
        assertSum("rounding multiplyAdapted " + what, y, base, 0.5f, change, in * rank, ofWeight + ofAdapter);

        Tensor dy = samples.tensor(n, out);
        double[][] throughWeight =
                DoubleReference.timesTransposed(doubles(dy), DoubleReference.transposed(samples.doubles(weight)));
        double[][] throughB =
                DoubleReference.timesTransposed(doubles(dy), DoubleReference.transposed(samples.doubles(adapter.b())));
        double[][] throughBoth =
                DoubleReference.timesTransposed(throughB, DoubleReference.transposed(samples.doubles(adapter.a())));
        double backward =
                roundingPerTerm(roundedTo, Integer.MAX_VALUE) * (Math.sqrt(out) + 2 * Math.sqrt((double) out * rank));
        Tensor dx = samples.filled(n, in, Float.NaN);
        rounding.multiplyAdaptedTransposed(weight, adapter, dy, lowRank, dx);
        assertSum("multiplyAdaptedTransposed " + what, dx, throughWeight, 0.5f, throughBoth, out * rank, backward);
        assertSum("dLowRank " + what, lowRank, new double[n][rank], 0.5f, throughB, out, backward);

        Tensor sum = samples.tensor(n, in);
        double[][] before = doubles(sum);
        double[][] beforeB = DoubleReference.generate(n, in, (i, j) -> before[i][j] + throughWeight[i][j]);
        rounding.multiplyAdaptedTransposedAdd(weight, adapter, dy, lowRank, sum);
        assertSum("multiplyAdaptedTransposedAdd " + what, sum, beforeB, 0.5f, throughBoth, out * rank, backward);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16", "Q4_0"})
    void layersOfOneInputGiveTogetherWhatEachGives(DataType type) {
        Kernels rounding = kernels.asExactAs(type);
        LowRank.Trained adapter =
                new LowRank.Trained(samples.matrix(DataType.F32, 5, 96), samples.matrix(DataType.F32, 70, 5), 0.5f);
        Matrix wide = frozen(type, 130, 96);
        Matrix narrow = frozen(type, 70, 96);
        for (int n : new int[] {1, 9, 600}) {
            Tensor x = samples.tensor(n, 96);
            Tensor plain = samples.filled(n, 130, Float.NaN);
            rounding.multiply(wide, x, plain);
            Tensor lowRank = samples.filled(n, 5, Float.NaN);
            Tensor adapted = samples.filled(n, 70, Float.NaN);
            rounding.multiplyAdapted(narrow, adapter, x, lowRank, adapted);

            Tensor first = samples.filled(n, 130, Float.NaN);
            Tensor second = samples.filled(n, 70, Float.NaN);
            rounding.multiplyAll(
                    List.of(
                            new LinearLayer.Plain(wide, first),
                            new LinearLayer.Adapted(narrow, adapter, lowRank, second)),
                    x);
            assertThat(first.data().mismatch(plain.data())).isEqualTo(-1);
            assertThat(second.data().mismatch(adapted.data())).isEqualTo(-1);
        }
        rounding.multiplyAll(List.of(), samples.tensor(9, 96)); // nothing to do
    }

    @ParameterizedTest
    @EnumSource
    void productsAgreeWithTheFormula(DataType type) {
        for (int[] size : PRODUCTS) {
            int n = size[0];
            int in = Math.ceilDiv(size[2], type.blockElements()) * type.blockElements();
            Matrix weight = frozen(type, size[1], in);
            double[][] w = samples.doubles(weight);
            String what = type + " " + n + "x" + size[1] + "x" + in;
            double rounding = roundingPerTerm(type, n) * Math.sqrt(in);
            double backwardRounding = roundingPerTerm(type, Integer.MAX_VALUE) * Math.sqrt(size[1]);

            Tensor x = samples.tensor(n, in);
            Tensor y = samples.filled(n, size[1], Float.NaN);
            kernels.multiply(weight, x, y);
            double[][] nothing = new double[n][size[1]];
            double[][] expected = DoubleReference.timesTransposed(doubles(x), w);
            assertSum("multiply " + what, y, nothing, 1, expected, in, rounding);

            Tensor sum = samples.tensor(n, size[1]);
            double[][] before = doubles(sum);
            kernels.multiplyAdd(weight, x, 0.7f, sum);
            assertSum("multiplyAdd " + what, sum, before, 0.7f, expected, in, rounding);

            Tensor dy = samples.tensor(n, size[1]);
            Tensor dx = samples.tensor(n, in);
            before = doubles(dx);
            double[][] change = DoubleReference.timesTransposed(doubles(dy), DoubleReference.transposed(w));
            kernels.multiplyTransposedAdd(weight, dy, -0.3f, dx);
            assertSum("multiplyTransposedAdd " + what, dx, before, -0.3f, change, size[1], backwardRounding);

            Tensor fresh = samples.filled(n, in, Float.NaN);
            kernels.multiplyTransposed(weight, dy, fresh);
            Tensor added = samples.filled(n, in, 0);
            kernels.multiplyTransposedAdd(weight, dy, 1, added);
            assertSum("multiplyTransposed " + what, fresh, new double[n][in], 1, doubles(added), size[1]);
        }
    }

    @ParameterizedTest
    @EnumSource
    void productsByAMaskAreThoseOfTheRowsThatItNames(DataType type) {
        for (int[] size : PRODUCTS) {
            int in = Math.ceilDiv(size[2], type.blockElements()) * type.blockElements();
            Matrix weight = frozen(type, size[1], in);
            Tensor x = samples.tensor(1, in);
            double[][] expected = DoubleReference.timesTransposed(doubles(x), samples.doubles(weight));
            for (double kept : new double[] {0, 0.3, 1}) {
                Tensor mask = samples.sparse(size[1], kept);
                double[][] wanted =
                        DoubleReference.generate(1, size[1], (i, j) -> mask.get(0, j) == 0 ? 0 : expected[i][j]);
                Tensor y = samples.filled(1, size[1], Float.NaN);
                kernels.multiplyWhere(weight, mask, x, y);
                String what = "multiplyWhere " + type + " " + size[1] + "x" + in + ", of which " + kept;
                double rounding = roundingPerTerm(type, 1) * Math.sqrt(in);
                assertSum(what, y, new double[1][size[1]], 1, wanted, in, rounding);
            }
        }
    }

    @Test
    void productsOfWhatIsActiveAgreeWithTheFormula() {
        for (int outputs : new int[] {1, 3, 64, 127, 128, 129, 385}) {
            for (int inputs : new int[] {32, 96, 1056}) {
                Matrix weight = samples.matrix(DataType.Q4_0, outputs, inputs);
                InputMajorMatrix byInput = InputMajorMatrix.of(arena, weight);
                for (double active : new double[] {0, 0.02, 0.5, 1}) {
                    Tensor x = samples.sparse(inputs, active);
                    Tensor y = samples.filled(1, outputs, Float.NaN);
                    kernels.multiplyActive(byInput, x, y);
                    double[][] expected = DoubleReference.timesTransposed(doubles(x), samples.doubles(weight));
                    String what = "multiplyActive " + outputs + "x" + inputs + ", of which " + active;
                    double rounding = roundingPerTerm(DataType.Q4_0, 1) * Math.sqrt(inputs);
                    assertSum(what, y, new double[1][outputs], 1, expected, inputs, rounding);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 17, 65, 8200})
    void gatesBelowTheThresholdBecomeNought(int columns) {
        float threshold = 0.1f;
        Tensor gate = samples.tensor(3, columns);
        gate.set(0, 0, -200); // silu is as good as 0
        gate.set(1, 0, 200);
        gate.set(2, 0, Float.NaN);
        double[][] before = doubles(gate);
        kernels.dropBelow(threshold, gate);
        for (int row = 0; row < 3; row++) {
            for (int i = 0; i < columns; i++) {
                double silu = before[row][i] / (1 + Math.exp(-before[row][i]));
                if (Math.abs(Math.abs(silu) - threshold) > 1e-6) { // else either is right
                    double expected = Math.abs(silu) < threshold ? 0 : before[row][i];
                    assertThat((double) gate.get(row, i)).isEqualTo(expected);
                }
            }
        }
        assertThat(gate.get(0, 0)).isZero();
        assertThat(gate.get(1, 0)).isEqualTo(200);
        assertThat(gate.get(2, 0)).isNaN();
    }

    @Test
    void outerProductIsAddedToTheGradient() {
        for (int[] size : PRODUCTS) {
            Tensor dy = samples.tensor(size[0], size[1]);
            Tensor x = samples.tensor(size[0], size[2]);
            Tensor dWeight = samples.tensor(size[1], size[2]);
            double[][] before = doubles(dWeight);
            double[][] change = DoubleReference.timesTransposed(
                    DoubleReference.transposed(doubles(dy)), DoubleReference.transposed(doubles(x)));
            kernels.outerProductAdd(dy, x, 1.5f, dWeight);
            assertSum("outerProductAdd", dWeight, before, 1.5f, change, size[0]);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16", "Q4_0"})
    void theGradientOfAWeightIsAsExactAsItsProducts(DataType held) {
        for (int[] size : PRODUCTS) {
            Tensor dy = samples.tensor(size[0], size[1]);
            Tensor x = samples.tensor(size[0], size[2]);
            Tensor dWeight = samples.tensor(size[1], size[2]);
            double[][] before = doubles(dWeight);
            double[][] change = DoubleReference.timesTransposed(
                    DoubleReference.transposed(doubles(dy)), DoubleReference.transposed(doubles(x)));
            kernels.asExactAs(held).outerProductAdd(dy, x, 1, dWeight);
            double rounding = roundingPerTerm(held, Integer.MAX_VALUE) * Math.sqrt(size[0]);
            assertSum("outerProductAdd beside " + held, dWeight, before, 1, change, size[0], rounding);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 17", "5, 64", "7, 130"})
    void valuesAreRoundedToTheNearest(int rows, int columns) {
        Tensor values = samples.tensor(rows, columns);
        Matrix expected = Quantizer.convert(arena, values.asMatrix(), DataType.BF16);
        Matrix actual = Quantizer.convert(arena, samples.tensor(rows, columns).asMatrix(), DataType.BF16);
        kernels.round(values, actual);
        assertThat(actual.data().mismatch(expected.data())).isEqualTo(-1);
    }

    @Test
    void columnsAreAddedUp() {
        Tensor dy = samples.tensor(9, 33);
        Tensor sums = samples.tensor(1, 33);
        double[][] before = doubles(sums);
        double[][] rows = doubles(dy);
        double[][] change = DoubleReference.generate(
                1,
                33,
                (i, j) -> IntStream.range(0, 9).mapToDouble(row -> rows[row][j]).sum());
        kernels.columnSumsAdd(dy, sums.data());
        assertSum("columnSumsAdd", sums, before, 1, change, 9);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 17, 33, 63, 129, 400})
    void theGradientOfANormsWeight(int columns) {
        Tensor x = samples.tensor(5, columns);
        Tensor dy = samples.tensor(5, columns);
        Tensor dWeight = samples.tensor(1, columns);
        double[][] before = doubles(dWeight);
        double[] ones = IntStream.range(0, columns).mapToDouble(i -> 1).toArray();
        double[][] normed = DoubleReference.rmsNorm(doubles(x), ones, EPSILON);
        double[][] upstream = doubles(dy);
        double[][] change = DoubleReference.generate(
                1,
                columns,
                (i, j) -> IntStream.range(0, 5)
                        .mapToDouble(row -> upstream[row][j] * normed[row][j])
                        .sum());
        kernels.rmsNormWeightBackward(x, EPSILON, dy, dWeight.data());
        assertSum("rmsNormWeightBackward", dWeight, before, 1, change, 5);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 17, 33, 63, 129, 400})
    void rmsNormAndItsGradient(int columns) {
        Tensor x = samples.tensor(5, columns);
        Tensor weight = samples.tensor(1, columns);
        Tensor y = samples.filled(5, columns, Float.NaN);
        kernels.rmsNorm(x, weight.data(), EPSILON, y);
        double[] w = doubles(weight)[0];
        assertClose("rmsNorm", y, DoubleReference.rmsNorm(doubles(x), w, EPSILON), columns);

        Tensor dy = samples.tensor(5, columns);
        Tensor dx = samples.tensor(5, columns);
        double[][] before = doubles(dx);
        kernels.rmsNormBackward(x, weight.data(), EPSILON, dy, dx);
        double[][] upstream = doubles(dy);
        samples.assertGradient(
                "rmsNormBackward",
                dx,
                before,
                doubles(x),
                input -> DoubleReference.sumOfProducts(DoubleReference.rmsNorm(input, w, EPSILON), upstream));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 6, 34, 64, 130})
    void rotationTurnsAndTurnsBack(int headDim) {
        RotaryTable table = RotaryTable.create(arena, 50, headDim, 10_000);
        Tensor x = samples.tensor(9, 3 * headDim);
        double[][] before = doubles(x);
        kernels.rotate(table, 41, x);
        assertClose("rotate", x, DoubleReference.rotate(before, headDim, 41, 10_000), 16);
        kernels.rotateBackward(table, 41, x);
        assertClose("rotateBackward", x, before, 4);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 17, 33, 64})
    void attentionAgreesWithTheFormula(int headDim) {
        for (int[] size : new int[][] {{0, 1}, {0, 3}, {5, 1}, {130, 2}, {0, 17}, {33, 65}, {0, 131}}) {
            attentionAgrees(new AttentionShape(4, 2, headDim), size[0], size[1]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 16, 70})
    void windowedAttentionAgreesWithTheFormula(int window) {
        for (int[] size : new int[][] {{0, 1}, {0, 4}, {5, 1}, {130, 2}, {0, 17}, {33, 65}, {0, 131}}) {
            attentionAgrees(new AttentionShape(4, 2, 17, window), size[0], size[1]);
        }
    }

    private void attentionAgrees(AttentionShape shape, int past, int n) {
        Tensor query = samples.tensor(n, shape.queryWidth());
        Tensor keys = samples.tensor(past + n + 3, shape.keyValueWidth());
        Tensor values = samples.tensor(past + n + 3, shape.keyValueWidth());
        Tensor out = samples.filled(n, shape.queryWidth(), Float.NaN);
        kernels.attention(shape, past, query, keys, values, out);
        double[][] expected = DoubleReference.attention(shape, past, doubles(query), doubles(keys), doubles(values));
        assertClose("attention of " + n + " after " + past, out, expected, past + n + shape.headDim());
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"F32", "F16", "Q8_0"})
    void attentionOverStoredKeysAgreesWithTheFormula(DataType type) {
        for (int[] size : new int[][] {{0, 1}, {5, 1}, {130, 2}, {0, 17}, {33, 65}}) {
            for (int window : new int[] {AttentionShape.ALL, 20}) {
                AttentionShape shape = new AttentionShape(6, 2, 64, window);
                int past = size[0];
                Tensor query = samples.tensor(size[1], shape.queryWidth());
                Matrix keys = stored(past + size[1], shape.keyValueWidth(), type);
                Matrix values = stored(past + size[1], shape.keyValueWidth(), type);
                Tensor out = samples.filled(size[1], shape.queryWidth(), Float.NaN);
                kernels.attention(shape, past, query, keys, values, out);
                double[][] expected = DoubleReference.attention(
                        shape, past, doubles(query), samples.doubles(keys), samples.doubles(values));
                assertClose("attention over " + type, out, expected, past + size[1] + shape.headDim());
            }
        }
    }

    private Matrix stored(int rows, int columns, DataType type) {
        return Quantizer.convert(Arena.ofAuto(), samples.tensor(rows, columns).asMatrix(), type);
    }

    @ParameterizedTest
    @CsvSource({"1, 2147483647", "5, 2147483647", "67, 2147483647", "129, 2147483647", "5, 2", "129, 1", "129, 66"})
    void attentionGradients(int n, int window) {
        AttentionShape shape = new AttentionShape(4, 2, 7, window);
        Tensor query = samples.tensor(n, shape.queryWidth());
        Tensor keys = samples.tensor(n, shape.keyValueWidth());
        Tensor values = samples.tensor(n, shape.keyValueWidth());
        Tensor dOut = samples.tensor(n, shape.queryWidth());
        AttentionGradient gradient = new AttentionGradient(
                samples.tensor(n, shape.queryWidth()),
                samples.tensor(n, shape.keyValueWidth()),
                samples.tensor(n, shape.keyValueWidth()));
        double[][] dQuery = doubles(gradient.query());
        double[][] dKeys = doubles(gradient.keys());
        double[][] dValues = doubles(gradient.values());
        kernels.attentionBackward(shape, new AttentionTape(query, keys, values), dOut, gradient);

        double[][] q = doubles(query);
        double[][] k = doubles(keys);
        double[][] v = doubles(values);
        double[][] upstream = doubles(dOut);
        samples.assertGradient("dQuery", gradient.query(), dQuery, q, input -> loss(shape, input, k, v, upstream));
        samples.assertGradient("dKeys", gradient.keys(), dKeys, k, input -> loss(shape, q, input, v, upstream));
        samples.assertGradient("dValues", gradient.values(), dValues, v, input -> loss(shape, q, k, input, upstream));
    }

    /** What is rounded to BF16 is off by a 256th at the most; sums of it by less. */
    @ParameterizedTest
    @CsvSource({"1, 2147483647", "67, 2147483647", "200, 2147483647", "129, 66"})
    void attentionAsExactAsAWeightInBfloat16(int n, int window) {
        AttentionShape shape = new AttentionShape(6, 2, 64, window);
        AttentionTape forward = new AttentionTape(
                samples.tensor(n, shape.queryWidth()),
                samples.tensor(n, shape.keyValueWidth()),
                samples.tensor(n, shape.keyValueWidth()));
        Tensor dOut = samples.tensor(n, shape.queryWidth());
        List<Tensor> exact = attentionThereAndBack(shape, DataType.F32, forward, dOut);
        List<Tensor> rounded = attentionThereAndBack(shape, DataType.BF16, forward, dOut);
        for (int i = 0; i < exact.size(); i++) {
            assertThat(relativeError(rounded.get(i), exact.get(i))).isLessThan(0.01);
        }
    }

    /** The output, and the gradients of queries, keys and values. */
    private List<Tensor> attentionThereAndBack(
            AttentionShape shape, DataType held, AttentionTape forward, Tensor dOut) {
        int n = dOut.rows();
        Tensor out = samples.filled(n, shape.queryWidth(), Float.NaN);
        Kernels rounding = kernels.asExactAs(held);
        rounding.attention(shape, 0, forward.query(), forward.keys(), forward.values(), out);
        AttentionGradient gradient = new AttentionGradient(
                samples.filled(n, shape.queryWidth(), 0),
                samples.filled(n, shape.keyValueWidth(), 0),
                samples.filled(n, shape.keyValueWidth(), 0));
        rounding.attentionBackward(shape, forward, dOut, gradient);
        return List.of(out, gradient.query(), gradient.keys(), gradient.values());
    }

    /** ‖actual − expected‖ / ‖expected‖, or of what is expected to be nothing, how long it is. */
    private static double relativeError(Tensor actual, Tensor expected) {
        double difference = 0;
        double length = 0;
        for (int i = 0; i < expected.rows(); i++) {
            for (int j = 0; j < expected.columns(); j++) {
                difference += Math.pow(actual.get(i, j) - expected.get(i, j), 2);
                length += Math.pow(expected.get(i, j), 2);
            }
        }
        return Math.sqrt(difference / (length == 0 ? 1 : length));
    }

    private static double loss(AttentionShape shape, double[][] q, double[][] k, double[][] v, double[][] upstream) {
        return DoubleReference.sumOfProducts(DoubleReference.attention(shape, 0, q, k, v), upstream);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 17, 65, 8200})
    void swiGluAndItsGradients(int columns) {
        Tensor gate = samples.tensor(3, columns);
        gate.set(0, 0, -200);
        gate.set(1, 0, 200);
        Tensor up = samples.tensor(3, columns);
        Tensor out = samples.filled(3, columns, Float.NaN);
        kernels.swiGlu(gate, up, out);
        assertClose("swiGlu", out, DoubleReference.swiGlu(doubles(gate), doubles(up)), 16);

        Tensor dOut = samples.tensor(3, columns);
        Tensor dGate = samples.filled(3, columns, Float.NaN);
        Tensor dUp = samples.filled(3, columns, Float.NaN);
        kernels.swiGluBackward(gate, up, dOut, dGate, dUp);
        double[][] g = doubles(gate);
        double[][] u = doubles(up);
        double[][] upstream = doubles(dOut);
        double[][] zero = new double[3][columns];
        samples.assertGradient(
                "dGate",
                dGate,
                zero,
                g,
                input -> DoubleReference.sumOfProducts(DoubleReference.swiGlu(input, u), upstream));
        samples.assertGradient(
                "dUp",
                dUp,
                zero,
                u,
                input -> DoubleReference.sumOfProducts(DoubleReference.swiGlu(g, input), upstream));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 17, 129, 20_000})
    void additionAddsInPlace(int columns) {
        Tensor x = samples.tensor(3, columns);
        Tensor y = samples.tensor(3, columns);
        double[][] before = doubles(y);
        kernels.add(x, y);
        assertSum("add", y, before, 1, doubles(x), 1);
    }

    @Test
    void columnsAreShiftedScaledAndDotted() {
        Tensor x = samples.tensor(5, 37);
        Tensor y = samples.tensor(5, 37);
        Tensor vector = samples.tensor(1, 37);
        double[][] before = doubles(y);
        double[] v = doubles(vector)[0];
        kernels.addToRows(vector.data(), y);
        assertClose("addToRows", y, DoubleReference.generate(5, 37, (i, j) -> before[i][j] + v[j]), 1);

        double[][] left = doubles(x);
        double[][] right = doubles(y);
        kernels.scaleColumns(y, vector.data(), y);
        assertClose("scaleColumns", y, DoubleReference.generate(5, 37, (i, j) -> right[i][j] * v[j]), 1);

        double[][] scaled = doubles(y);
        kernels.columnDotsAdd(x, y, vector.data());
        double[][] dots = DoubleReference.generate(
                1,
                37,
                (i, j) -> IntStream.range(0, 5)
                        .mapToDouble(row -> left[row][j] * scaled[row][j])
                        .sum());
        assertSum("columnDotsAdd", vector, new double[][] {v}, 1, dots, 5);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 17, 33, 129, 8192})
    void crossEntropyAndItsGradient(int vocabulary) {
        Tensor logits = samples.tensor(4, vocabulary);
        logits.set(3, 0, 60);
        double[][] before = doubles(logits);
        int[] targets = {0, -1, vocabulary - 1, vocabulary / 2};
        float[] weights = {1, 1, 0.25f, 2};
        float[] losses = new float[4];
        kernels.crossEntropy(logits, targets, weights, losses);
        assertThat(losses[1]).isZero();
        for (int row : new int[] {0, 2, 3}) {
            assertThat((double) losses[row])
                    .isCloseTo(DoubleReference.crossEntropy(before[row], targets[row]), within(1e-4));
        }
        samples.assertGradient("gradient", logits, new double[4][vocabulary], before, input -> {
            double sum = 0;
            for (int row : new int[] {0, 2, 3}) {
                sum += weights[row] * DoubleReference.crossEntropy(input[row], targets[row]);
            }
            return sum;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 17, 33, 129, 8192})
    void distillationAndItsGradient(int vocabulary) {
        Tensor student = samples.tensor(3, vocabulary);
        Tensor teacher = samples.tensor(3, vocabulary);
        double[][] before = doubles(student);
        double[][] wanted = doubles(teacher);
        float[] weights = {1, 0, 0.5f};
        float[] divergences = new float[3];
        kernels.distil(student, teacher, weights, divergences);
        assertThat(divergences[1]).isZero();
        assertThat((double) divergences[0]).isCloseTo(DoubleReference.divergence(before[0], wanted[0]), within(1e-5));
        samples.assertGradient(
                "gradient",
                student,
                new double[3][vocabulary],
                before,
                input -> DoubleReference.divergence(input[0], wanted[0])
                        + 0.5 * DoubleReference.divergence(input[2], wanted[2]));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 17, 64, 8191})
    void scoresNameTheLargestLogitAndTheLowestOnATie(int vocabulary) {
        Tensor logits = samples.tensor(3, vocabulary);
        logits.set(0, vocabulary - 1, 2);
        logits.set(1, vocabulary / 2, 2);
        logits.set(1, vocabulary - 1, 2);
        double[][] before = doubles(logits);
        int[] targets = {0, vocabulary - 1, -1};
        float[] losses = new float[3];
        int[] best = new int[3];
        kernels.score(logits, targets, losses, best);
        assertThat(best).startsWith(vocabulary - 1, vocabulary / 2);
        assertThat((double) losses[0]).isCloseTo(DoubleReference.crossEntropy(before[0], 0), within(1e-5));
        assertThat((double) losses[1]).isCloseTo(DoubleReference.crossEntropy(before[1], vocabulary - 1), within(1e-5));
        assertThat(losses[2]).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"BF16", "Q8_0", "Q4_0"})
    void notANumberIsNotHiddenByRounding(DataType type) {
        Matrix weight = frozen(type, 17, 96);
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            for (int n : new int[] {1, 3, 20}) {
                Tensor x = samples.tensor(n, 96);
                x.set(n - 1, 40, bad);
                Tensor y = samples.filled(n, 17, 0);
                kernels.multiply(weight, x, y);
                assertThat(Float.isFinite(y.get(n - 1, 3))).isFalse();
                assertThat(Float.isFinite(y.get(0, 3))).isEqualTo(n > 1);
            }
        }
    }

    @Test
    void notANumberIsNotHidden() {
        Tensor x = samples.tensor(20, 33);
        x.set(7, 12, Float.NaN);
        Tensor y = samples.filled(20, 17, 0);
        kernels.multiply(frozen(DataType.F32, 17, 33), x, y);
        assertThat(y.get(7, 0)).isNaN();
        assertThat(y.get(8, 0)).isFinite();

        Tensor normed = samples.filled(20, 33, 0);
        kernels.rmsNorm(x, samples.tensor(1, 33).data(), EPSILON, normed);
        assertThat(normed.get(7, 0)).isNaN();
        Tensor gated = samples.filled(20, 33, 0);
        kernels.swiGlu(x, normed, gated);
        assertThat(gated.get(7, 12)).isNaN();

        Tensor one = x.rows(7, 1);
        Tensor wanted = samples.filled(1, 17, 1);
        Tensor product = samples.filled(1, 17, 0);
        kernels.multiplyWhere(frozen(DataType.F32, 17, 33), wanted, one, product);
        assertThat(product.get(0, 0)).isNaN();
        Tensor active = samples.filled(1, 32, 0);
        active.set(0, 31, Float.NaN);
        kernels.multiplyActive(InputMajorMatrix.of(arena, samples.matrix(DataType.Q4_0, 17, 32)), active, product);
        assertThat(product.get(0, 16)).isNaN();

        float[] losses = new float[20];
        kernels.score(x, new int[20], losses, new int[20]);
        assertThat(losses[7]).isNaN();
        assertThat(losses[8]).isFinite();
        kernels.crossEntropy(x, new int[20], new float[20], losses);
        assertThat(losses[7]).isNaN();
    }

    @Test
    void operandsThatDoNotFitAreRefused() {
        Matrix weight = frozen(DataType.F32, 4, 8);
        Tensor x = samples.tensor(2, 7);
        Tensor y = samples.tensor(2, 4);
        assertThatThrownBy(() -> kernels.multiply(weight, x, y))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4x8");
        assertThatThrownBy(() -> kernels.score(y, new int[] {0, 4}, new float[2], new int[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("target 4");
    }

    @Test
    void severalThreadsAtOnceGetTheResultOfOne() throws Exception {
        Matrix weight = frozen(DataType.F32, 160, 96);
        Tensor x = samples.tensor(70, 96);
        Tensor expected = samples.filled(70, 160, 0);
        kernels.multiply(weight, x, expected);
        try (ExecutorService callers = Executors.newFixedThreadPool(4)) {
            List<Future<Long>> mismatches = new ArrayList<>();
            for (int caller = 0; caller < 4; caller++) {
                Tensor y = samples.copy(expected);
                mismatches.add(callers.submit(() -> {
                    for (int i = 0; i < 20; i++) {
                        y.clear();
                        kernels.multiply(weight, x, y);
                        if (y.data().mismatch(expected.data()) >= 0) {
                            return y.data().mismatch(expected.data());
                        }
                    }
                    return -1L;
                }));
            }
            for (Future<Long> mismatch : mismatches) {
                assertThat(mismatch.get()).isEqualTo(-1);
            }
        }
    }
}
