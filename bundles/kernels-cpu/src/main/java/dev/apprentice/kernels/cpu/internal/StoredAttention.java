package dev.apprentice.kernels.cpu.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.apprentice.compute.AttentionShape;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Causal attention of a few tokens over keys and values of any type: each is read from memory and unpacked once for all query heads
 * that share it.
 */
final class StoredAttention {
    private StoredAttention() {}

    static void run(
            WorkerPool pool, AttentionShape shape, int past, Tensor query, Matrix keys, Matrix values, Tensor out) {
        int heads = shape.keyValueHeads();
        long work = (long) query.rows() * (past + query.rows()) * shape.queryWidth();
        pool.run(heads * query.rows(), work, task -> {
            int token = task / heads;
            group(shape, past + token, query, keys, values, out, token, task % heads);
        });
    }

    private static void group(
            AttentionShape shape,
            int position,
            Tensor query,
            Matrix keys,
            Matrix values,
            Tensor out,
            int token,
            int head) {
        int headDim = shape.headDim();
        int group = shape.heads() / shape.keyValueHeads();
        int first = shape.firstSeen(position);
        int seen = position + 1 - first;
        long rowBytes = keys.type().rowBytes(keys.columns());
        long place = 4L * ((long) token * shape.queryWidth() + (long) head * group * headDim);
        try (Scratch scratch = Scratch.borrow()) {
            float[] queries = scratch.left(group * headDim);
            float[] sums = scratch.right(group * headDim);
            float[] row = scratch.rows(headDim);
            MemorySegment weights = scratch.memory((long) group * seen);
            MemorySegment.copy(query.data(), JAVA_FLOAT_UNALIGNED, place, queries, 0, group * headDim);
            for (int key = 0; key < seen; key++) {
                Unpack.run(keys.type(), keys.data(), (first + key) * rowBytes, head * headDim, headDim, row, 0);
                for (int q = 0; q < group; q++) {
                    float dot = Dot.run(row, 0, queries, q * headDim, headDim);
                    weights.set(JAVA_FLOAT_UNALIGNED, 4L * ((long) q * seen + key), dot * shape.scale());
                }
            }
            for (int q = 0; q < group; q++) {
                CausalSoftmax.run(weights.asSlice(4L * q * seen, 4L * seen), 1, seen, seen, seen);
            }
            Arrays.fill(sums, 0, group * headDim, 0);
            for (int key = 0; key < seen; key++) {
                Unpack.run(values.type(), values.data(), (first + key) * rowBytes, head * headDim, headDim, row, 0);
                for (int q = 0; q < group; q++) {
                    float weight = weights.get(JAVA_FLOAT_UNALIGNED, 4L * ((long) q * seen + key));
                    add(weight, row, sums, q * headDim, headDim);
                }
            }
            MemorySegment.copy(sums, 0, out.data(), JAVA_FLOAT_UNALIGNED, place, group * headDim);
        }
    }

    /** sums[at…] += weight · row. */
    private static void add(float weight, float[] row, float[] sums, int at, int count) {
        int bound = Lanes.bound(count);
        FloatVector factor = FloatVector.broadcast(Lanes.FLOATS, weight);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            FloatVector.fromArray(Lanes.FLOATS, row, i)
                    .fma(factor, FloatVector.fromArray(Lanes.FLOATS, sums, at + i))
                    .intoArray(sums, at + i);
        }
        for (int i = bound; i < count; i++) {
            sums[at + i] += weight * row[i];
        }
    }
}
