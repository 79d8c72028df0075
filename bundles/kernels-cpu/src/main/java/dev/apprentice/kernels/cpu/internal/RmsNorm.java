package dev.apprentice.kernels.cpu.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Root mean square normalisation of rows (arXiv 1910.07467) and its gradient. */
final class RmsNorm {
    private RmsNorm() {}

    static void forward(Tensor x, MemorySegment weight, float epsilon, Tensor y, int row) {
        int columns = x.columns();
        MemorySegment in = x.data();
        MemorySegment out = y.data();
        long base = 4L * row * columns;
        float factor = inverseRms(in, base, columns, epsilon);
        int bound = Lanes.bound(columns);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            long at = base + 4L * i;
            Lanes.store(Lanes.load(in, at).mul(factor).mul(Lanes.load(weight, 4L * i)), out, at);
        }
        for (int i = bound; i < columns; i++) {
            out.set(JAVA_FLOAT_UNALIGNED, base + 4L * i, get(in, base + 4L * i) * factor * get(weight, 4L * i));
        }
    }

    static void backward(Tensor x, MemorySegment weight, float epsilon, Tensor dy, Tensor dx, int row) {
        int columns = x.columns();
        MemorySegment in = x.data();
        MemorySegment upstream = dy.data();
        MemorySegment out = dx.data();
        long base = 4L * row * columns;
        float factor = inverseRms(in, base, columns, epsilon);
        float dot = dot(in, upstream, weight, base, columns);
        float correction = dot * factor * factor * factor / columns;
        int bound = Lanes.bound(columns);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            long at = base + 4L * i;
            FloatVector direct =
                    Lanes.load(upstream, at).mul(Lanes.load(weight, 4L * i)).mul(factor);
            FloatVector shared = Lanes.load(in, at).mul(correction);
            Lanes.store(Lanes.load(out, at).add(direct.sub(shared)), out, at);
        }
        for (int i = bound; i < columns; i++) {
            long at = base + 4L * i;
            float change = get(upstream, at) * get(weight, 4L * i) * factor - get(in, at) * correction;
            out.set(JAVA_FLOAT_UNALIGNED, at, get(out, at) + change);
        }
    }

    static float inverseRms(Tensor x, float epsilon, int row) {
        return inverseRms(x.data(), 4L * row * x.columns(), x.columns(), epsilon);
    }

    /** Some columns of the weight's gradient; factors are the rows' 1 / rms(x). */
    static void weightBackward(Tensor x, float[] factors, Tensor dy, MemorySegment dWeight, int from, int count) {
        MemorySegment in = x.data();
        MemorySegment upstream = dy.data();
        long rowBytes = 4L * x.columns();
        int bound = from + Lanes.bound(count);
        int i = from;
        for (; i + 4 * Lanes.COUNT <= bound; i += 4 * Lanes.COUNT) {
            addFour(in, factors, upstream, dWeight, rowBytes, i);
        }
        for (; i < bound; i += Lanes.COUNT) {
            FloatVector sum = Lanes.load(dWeight, 4L * i);
            for (int row = 0; row < factors.length; row++) {
                long at = row * rowBytes + 4L * i;
                sum = Lanes.load(in, at).mul(factors[row]).fma(Lanes.load(upstream, at), sum);
            }
            Lanes.store(sum, dWeight, 4L * i);
        }
        for (; i < from + count; i++) {
            float sum = get(dWeight, 4L * i);
            for (int row = 0; row < factors.length; row++) {
                long at = row * rowBytes + 4L * i;
                sum += get(in, at) * factors[row] * get(upstream, at);
            }
            dWeight.set(JAVA_FLOAT_UNALIGNED, 4L * i, sum);
        }
    }

    /** Four vectors beside each other, so that each row is read in one piece. */
    private static void addFour(
            MemorySegment x, float[] factors, MemorySegment dy, MemorySegment dWeight, long rowBytes, int column) {
        long step = 4L * Lanes.COUNT;
        long first = 4L * column;
        FloatVector a = Lanes.load(dWeight, first);
        FloatVector b = Lanes.load(dWeight, first + step);
        FloatVector c = Lanes.load(dWeight, first + 2 * step);
        FloatVector d = Lanes.load(dWeight, first + 3 * step);
        for (int row = 0; row < factors.length; row++) {
            long at = row * rowBytes + first;
            float factor = factors[row];
            a = Lanes.load(x, at).mul(factor).fma(Lanes.load(dy, at), a);
            b = Lanes.load(x, at + step).mul(factor).fma(Lanes.load(dy, at + step), b);
            c = Lanes.load(x, at + 2 * step).mul(factor).fma(Lanes.load(dy, at + 2 * step), c);
            d = Lanes.load(x, at + 3 * step).mul(factor).fma(Lanes.load(dy, at + 3 * step), d);
        }
        Lanes.store(a, dWeight, first);
        Lanes.store(b, dWeight, first + step);
        Lanes.store(c, dWeight, first + 2 * step);
        Lanes.store(d, dWeight, first + 3 * step);
    }

    private static float inverseRms(MemorySegment x, long base, int columns, float epsilon) {
        FloatVector sum = FloatVector.zero(Lanes.FLOATS);
        int bound = Lanes.bound(columns);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            FloatVector value = Lanes.load(x, base + 4L * i);
            sum = value.fma(value, sum);
        }
        float squares = Lanes.sum(sum);
        for (int i = bound; i < columns; i++) {
            float value = get(x, base + 4L * i);
            squares += value * value;
        }
        return (float) (1 / Math.sqrt(squares / columns + epsilon));
    }

    /** Σ dy ⊙ weight ⊙ x of one row. */
    private static float dot(MemorySegment x, MemorySegment dy, MemorySegment weight, long base, int columns) {
        FloatVector sum = FloatVector.zero(Lanes.FLOATS);
        int bound = Lanes.bound(columns);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            long at = base + 4L * i;
            sum = Lanes.load(dy, at).mul(Lanes.load(weight, 4L * i)).fma(Lanes.load(x, at), sum);
        }
        float dot = Lanes.sum(sum);
        for (int i = bound; i < columns; i++) {
            dot += get(dy, base + 4L * i) * get(weight, 4L * i) * get(x, base + 4L * i);
        }
        return dot;
    }

    private static float get(MemorySegment data, long offset) {
        return data.get(JAVA_FLOAT_UNALIGNED, offset);
    }
}
