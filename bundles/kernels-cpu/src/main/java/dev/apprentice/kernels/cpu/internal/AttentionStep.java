package dev.apprentice.kernels.cpu.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.apprentice.compute.AttentionShape;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Causal attention of a few tokens, as in decoding: keys and values are read where they lie. */
final class AttentionStep {
    /** Up to here this is faster than matrix products. */
    static final int MOST_TOKENS = 4;

    private AttentionStep() {}

    static void run(
            WorkerPool pool, AttentionShape shape, int past, Tensor query, Tensor keys, Tensor values, Tensor out) {
        long work = (long) query.rows() * Math.min(past + query.rows(), shape.window()) * shape.queryWidth();
        pool.run(shape.heads() * query.rows(), work, task -> {
            int token = task / shape.heads();
            head(shape, past + token, query, keys, values, out, token, task % shape.heads());
        });
    }

    private static void head(
            AttentionShape shape,
            int tokenPosition,
            Tensor query,
            Tensor keys,
            Tensor values,
            Tensor out,
            int token,
            int head) {
        int headDim = shape.headDim();
        int first = shape.firstSeen(tokenPosition);
        int seen = tokenPosition + 1 - first;
        long rowBytes = 4L * shape.keyValueWidth();
        long keyColumn = first * rowBytes + 4L * (head / (shape.heads() / shape.keyValueHeads()) * headDim);
        long position = 4L * (token * shape.queryWidth() + head * headDim);
        try (Scratch scratch = Scratch.borrow()) {
            float[] q = scratch.rows(headDim);
            MemorySegment.copy(query.data(), JAVA_FLOAT_UNALIGNED, position, q, 0, headDim);
            MemorySegment weights = scratch.memory(seen);
            for (int key = 0; key < seen; key++) {
                float dot = Dot.run(keys.data(), keyColumn + key * rowBytes, q, 0, headDim);
                weights.set(JAVA_FLOAT_UNALIGNED, 4L * key, dot * shape.scale());
            }
            CausalSoftmax.run(weights, 1, seen, seen, seen);
            weigh(weights, seen, values.data(), keyColumn, rowBytes, headDim, out.data(), position);
        }
    }

    /** out = Σ weights[key] · values[key]. */
    private static void weigh(
            MemorySegment weights,
            int seen,
            MemorySegment values,
            long column,
            long rowBytes,
            int headDim,
            MemorySegment out,
            long position) {
        int bound = Lanes.bound(headDim);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            FloatVector even = FloatVector.zero(Lanes.FLOATS), odd = even;
            long at = column + 4L * i;
            int key = 0;
            for (; key + 1 < seen; key += 2) {
                even = Lanes.load(values, at + key * rowBytes)
                        .fma(FloatVector.broadcast(Lanes.FLOATS, get(weights, 4L * key)), even);
                odd = Lanes.load(values, at + (key + 1) * rowBytes)
                        .fma(FloatVector.broadcast(Lanes.FLOATS, get(weights, 4L * key + 4)), odd);
            }
            if (key < seen) {
                even = Lanes.load(values, at + key * rowBytes)
                        .fma(FloatVector.broadcast(Lanes.FLOATS, get(weights, 4L * key)), even);
            }
            Lanes.store(even.add(odd), out, position + 4L * i);
        }
        for (int i = bound; i < headDim; i++) {
            float sum = 0;
            for (int key = 0; key < seen; key++) {
                sum += get(weights, 4L * key) * get(values, column + 4L * i + key * rowBytes);
            }
            out.set(JAVA_FLOAT_UNALIGNED, position + 4L * i, sum);
        }
    }

    private static float get(MemorySegment data, long offset) {
        return data.get(JAVA_FLOAT_UNALIGNED, offset);
    }
}
