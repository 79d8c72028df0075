package dev.apprentice.kernels.cpu;

import dev.apprentice.compute.AttentionGradient;
import dev.apprentice.compute.AttentionShape;
import dev.apprentice.compute.AttentionTape;
import dev.apprentice.compute.Dequantizer;
import dev.apprentice.compute.InputMajorMatrix;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.RotaryTable;
import dev.apprentice.compute.Tensor;
import dev.apprentice.kernels.cpu.internal.Shapes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Every operation as its formula, in plain loops on the caller's thread: the oracle, and what runs without the Vector API. */
public final class ScalarKernels implements Kernels {

    @Override
    public String description() {
        return "scalar loops, 1 thread";
    }

    @Override
    public void multiply(Matrix weight, Tensor x, Tensor y) {
        Shapes.product(weight, x, y);
        y.clear();
        multiplyAdd(weight, x, 1, y);
    }

    @Override
    public void multiplyAdd(Matrix weight, Tensor x, float scale, Tensor y) {
        Shapes.product(weight, x, y);
        float[] row = new float[weight.columns()];
        for (int out = 0; out < weight.rows(); out++) {
            Dequantizer.row(weight, out, row);
            for (int token = 0; token < x.rows(); token++) {
                float sum = 0;
                for (int in = 0; in < row.length; in++) {
                    sum += x.get(token, in) * row[in];
                }
                add(y, token, out, scale * sum);
            }
        }
    }

    @Override
    public void multiplyWhere(Matrix weight, Tensor mask, Tensor x, Tensor y) {
        Shapes.productWhere(weight, mask, x, y);
        multiply(weight, x, y);
        for (int out = 0; out < weight.rows(); out++) {
            if (mask.get(0, out) == 0) {
                y.set(0, out, 0);
            }
        }
    }

    @Override
    public void multiplyActive(InputMajorMatrix weight, Tensor x, Tensor y) {
        Shapes.activeProduct(weight, x, y);
        for (int out = 0; out < weight.outputs(); out++) {
            float sum = 0;
            for (int in = 0; in < weight.inputs(); in++) {
                sum += x.get(0, in) * weight.get(out, in);
            }
            y.set(0, out, sum);
        }
    }

    @Override
    public void multiplyTransposedAdd(Matrix weight, Tensor dy, float scale, Tensor dx) {
        Shapes.product(weight, dx, dy);
        float[] row = new float[weight.columns()];
        for (int out = 0; out < weight.rows(); out++) {
            Dequantizer.row(weight, out, row);
            for (int token = 0; token < dy.rows(); token++) {
                float gradient = scale * dy.get(token, out);
                for (int in = 0; in < row.length; in++) {
                    add(dx, token, in, gradient * row[in]);
                }
            }
        }
    }

    @Override
    public void outerProductAdd(Tensor dy, Tensor x, float scale, Tensor dWeight) {
        Shapes.outerProduct(dy, x, dWeight);
        for (int token = 0; token < x.rows(); token++) {
            for (int out = 0; out < dy.columns(); out++) {
                float gradient = scale * dy.get(token, out);
                for (int in = 0; in < x.columns(); in++) {
                    add(dWeight, out, in, gradient * x.get(token, in));
                }
            }
        }
    }

    @Override
    public void rmsNorm(Tensor x, MemorySegment weight, float epsilon, Tensor y) {
        Shapes.same(x, y);
        Shapes.rowVector(x, weight);
        for (int row = 0; row < x.rows(); row++) {
            float factor = inverseRms(x, row, epsilon);
            for (int i = 0; i < x.columns(); i++) {
                y.set(row, i, x.get(row, i) * factor * at(weight, i));
            }
        }
    }

    @Override
    public void rmsNormBackward(Tensor x, MemorySegment weight, float epsilon, Tensor dy, Tensor dx) {
        Shapes.same(x, dy, dx);
        Shapes.rowVector(x, weight);
        for (int row = 0; row < x.rows(); row++) {
            float factor = inverseRms(x, row, epsilon);
            float dot = 0;
            for (int i = 0; i < x.columns(); i++) {
                dot += dy.get(row, i) * at(weight, i) * x.get(row, i);
            }
            float correction = dot * factor * factor * factor / x.columns();
            for (int i = 0; i < x.columns(); i++) {
                add(dx, row, i, dy.get(row, i) * at(weight, i) * factor - x.get(row, i) * correction);
            }
        }
    }

    @Override
    public void rotate(RotaryTable table, int startPosition, Tensor x) {
        turn(table, startPosition, x, 1);
    }

    @Override
    public void rotateBackward(RotaryTable table, int startPosition, Tensor dx) {
        turn(table, startPosition, dx, -1);
    }

    private static void turn(RotaryTable table, int startPosition, Tensor x, int direction) {
        Shapes.rotation(table, startPosition, x);
        int half = table.headDim() / 2;
        for (int row = 0; row < x.rows(); row++) {
            for (int head = 0; head < x.columns(); head += table.headDim()) {
                for (int i = 0; i < half; i++) {
                    int angle = (startPosition + row) * half + i;
                    float cosine = at(table.cosines(), angle);
                    float sine = direction * at(table.sines(), angle);
                    float first = x.get(row, head + i);
                    float second = x.get(row, head + half + i);
                    x.set(row, head + i, first * cosine - second * sine);
                    x.set(row, head + half + i, second * cosine + first * sine);
                }
            }
        }
    }

    @Override
    public void attention(AttentionShape shape, int past, Tensor query, Tensor keys, Tensor values, Tensor out) {
        Shapes.attention(shape, past, query, keys, values, out);
        out.clear();
        for (int head = 0; head < shape.heads(); head++) {
            int queryStart = head * shape.headDim();
            int keyStart = head / (shape.heads() / shape.keyValueHeads()) * shape.headDim();
            for (int token = 0; token < query.rows(); token++) {
                float[] weights = attentionWeights(shape, query, token, queryStart, keys, past + token + 1, keyStart);
                for (int key = 0; key < weights.length; key++) {
                    for (int i = 0; i < shape.headDim(); i++) {
                        add(out, token, queryStart + i, weights[key] * values.get(key, keyStart + i));
                    }
                }
            }
        }
    }

    @Override
    public void attentionBackward(
            AttentionShape shape, AttentionTape forward, Tensor dOut, AttentionGradient gradient) {
        Shapes.attention(shape, 0, forward.query(), forward.keys(), forward.values(), dOut);
        Shapes.attention(shape, 0, gradient.query(), gradient.keys(), gradient.values(), dOut);
        for (int head = 0; head < shape.heads(); head++) {
            int queryStart = head * shape.headDim();
            int keyStart = head / (shape.heads() / shape.keyValueHeads()) * shape.headDim();
            for (int token = 0; token < dOut.rows(); token++) {
                float[] weights = attentionWeights(
                        shape, forward.query(), token, queryStart, forward.keys(), token + 1, keyStart);
                float[] dWeights = new float[weights.length];
                float mean = 0;
                for (int key = 0; key < weights.length; key++) {
                    for (int i = 0; i < shape.headDim(); i++) {
                        float upstream = dOut.get(token, queryStart + i);
                        dWeights[key] += upstream * forward.values().get(key, keyStart + i);
                        add(gradient.values(), key, keyStart + i, weights[key] * upstream);
                    }
                    mean += weights[key] * dWeights[key];
                }
                for (int key = 0; key < weights.length; key++) {
                    float dScore = weights[key] * (dWeights[key] - mean) * shape.scale();
                    for (int i = 0; i < shape.headDim(); i++) {
                        add(
                                gradient.query(),
                                token,
                                queryStart + i,
                                dScore * forward.keys().get(key, keyStart + i));
                        add(
                                gradient.keys(),
                                key,
                                keyStart + i,
                                dScore * forward.query().get(token, queryStart + i));
                    }
                }
            }
        }
    }

    private static float[] attentionWeights(
            AttentionShape shape, Tensor query, int token, int queryStart, Tensor keys, int count, int keyStart) {
        float[] weights = new float[count];
        float greatest = Float.NEGATIVE_INFINITY;
        int first = shape.firstSeen(count - 1);
        for (int key = first; key < count; key++) {
            float dot = 0;
            for (int i = 0; i < shape.headDim(); i++) {
                dot += query.get(token, queryStart + i) * keys.get(key, keyStart + i);
            }
            weights[key] = dot * shape.scale();
            greatest = Math.max(greatest, weights[key]);
        }
        float sum = 0;
        for (int key = first; key < count; key++) {
            weights[key] = (float) Math.exp(weights[key] - greatest);
            sum += weights[key];
        }
        for (int key = first; key < count; key++) {
            weights[key] /= sum;
        }
        return weights;
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        Shapes.same(gate, up, out);
        for (int row = 0; row < gate.rows(); row++) {
            for (int i = 0; i < gate.columns(); i++) {
                float g = gate.get(row, i);
                out.set(row, i, g * sigmoid(g) * up.get(row, i));
            }
        }
    }

    @Override
    public void dropBelow(float threshold, Tensor gate) {
        for (int row = 0; row < gate.rows(); row++) {
            for (int i = 0; i < gate.columns(); i++) {
                float g = gate.get(row, i);
                if (Math.abs(g * sigmoid(g)) < threshold) {
                    gate.set(row, i, 0);
                }
            }
        }
    }

    @Override
    public void swiGluBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
        Shapes.same(gate, up, dOut, dGate, dUp);
        for (int row = 0; row < gate.rows(); row++) {
            for (int i = 0; i < gate.columns(); i++) {
                float g = gate.get(row, i);
                float sigmoid = sigmoid(g);
                float upstream = dOut.get(row, i);
                dGate.set(row, i, upstream * up.get(row, i) * sigmoid * (1 + g * (1 - sigmoid)));
                dUp.set(row, i, upstream * g * sigmoid);
            }
        }
    }

    @Override
    public void add(Tensor x, Tensor y) {
        Shapes.same(x, y);
        for (int row = 0; row < x.rows(); row++) {
            for (int i = 0; i < x.columns(); i++) {
                add(y, row, i, x.get(row, i));
            }
        }
    }

    @Override
    public void crossEntropy(Tensor logits, int[] targets, float[] weights, float[] losses) {
        Shapes.targets(logits, targets);
        Shapes.perRow(logits, weights.length, losses.length);
        for (int row = 0; row < logits.rows(); row++) {
            if (targets[row] < 0) {
                losses[row] = 0;
                logits.rows(row, 1).clear();
                continue;
            }
            double normaliser = logSumExp(logits, row);
            losses[row] = (float) (normaliser - logits.get(row, targets[row]));
            for (int i = 0; i < logits.columns(); i++) {
                double probability = Math.exp(logits.get(row, i) - normaliser);
                logits.set(row, i, (float) (probability - (i == targets[row] ? 1 : 0)) * weights[row]);
            }
        }
    }

    @Override
    public void distil(Tensor student, Tensor teacher, float[] weights, float[] divergences) {
        Shapes.same(student, teacher);
        Shapes.perRow(student, weights.length, divergences.length);
        for (int row = 0; row < student.rows(); row++) {
            if (weights[row] == 0) {
                divergences[row] = 0;
                student.rows(row, 1).clear();
                continue;
            }
            double studentNormaliser = logSumExp(student, row);
            double teacherNormaliser = logSumExp(teacher, row);
            double divergence = 0;
            for (int i = 0; i < student.columns(); i++) {
                double studentLog = student.get(row, i) - studentNormaliser;
                double teacherLog = teacher.get(row, i) - teacherNormaliser;
                double probability = Math.exp(teacherLog);
                divergence += probability == 0 ? 0 : probability * (teacherLog - studentLog);
                student.set(row, i, (float) (Math.exp(studentLog) - probability) * weights[row]);
            }
            divergences[row] = (float) divergence;
        }
    }

    @Override
    public void score(Tensor logits, int[] targets, float[] losses, int[] best) {
        Shapes.targets(logits, targets);
        Shapes.perRow(logits, losses.length, best.length);
        for (int row = 0; row < logits.rows(); row++) {
            losses[row] = targets[row] < 0 ? 0 : (float) (logSumExp(logits, row) - logits.get(row, targets[row]));
            best[row] = 0;
            for (int i = 1; i < logits.columns(); i++) {
                if (logits.get(row, i) > logits.get(row, best[row])) {
                    best[row] = i;
                }
            }
        }
    }

    private static double logSumExp(Tensor logits, int row) {
        float greatest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < logits.columns(); i++) {
            greatest = Math.max(greatest, logits.get(row, i));
        }
        double sum = 0;
        for (int i = 0; i < logits.columns(); i++) {
            sum += Math.exp(logits.get(row, i) - greatest);
        }
        return greatest + Math.log(sum);
    }

    private static float inverseRms(Tensor x, int row, float epsilon) {
        float squares = 0;
        for (int i = 0; i < x.columns(); i++) {
            squares += x.get(row, i) * x.get(row, i);
        }
        return (float) (1 / Math.sqrt(squares / x.columns() + epsilon));
    }

    private static float sigmoid(float x) {
        return (float) (1 / (1 + Math.exp(-x)));
    }

    private static void add(Tensor target, int row, int column, float value) {
        target.set(row, column, target.get(row, column) + value);
    }

    private static float at(MemorySegment vector, int index) {
        return vector.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, index);
    }
}
