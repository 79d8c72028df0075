package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.AttentionGradient;
import dev.apprentice.compute.AttentionShape;
import dev.apprentice.compute.AttentionTape;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * The gradient of causal attention. The weights are computed again, chunk by chunk of tokens, instead of being kept; a task owns one
 * key/value head, so that no two add to the same gradient.
 */
final class AttentionBackward {
    private AttentionBackward() {}

    static void run(
            Products products,
            WorkerPool pool,
            AttentionShape shape,
            AttentionTape forward,
            Tensor dOut,
            AttentionGradient gradient) {
        long work = 2L * dOut.rows() * dOut.rows() * shape.queryWidth();
        pool.run(shape.keyValueHeads(), work, keyValueHead -> {
            int group = shape.heads() / shape.keyValueHeads();
            for (int head = keyValueHead * group; head < (keyValueHead + 1) * group; head++) {
                for (int from = 0; from < dOut.rows(); from += Attention.CHUNK) {
                    chunk(products, shape, forward, dOut, gradient, head, keyValueHead, from);
                }
            }
        });
    }

    private static void chunk(
            Products products,
            AttentionShape shape,
            AttentionTape forward,
            Tensor dOut,
            AttentionGradient gradient,
            int head,
            int keyValueHead,
            int from) {
        int rows = Math.min(Attention.CHUNK, dOut.rows() - from);
        int first = shape.firstSeen(from);
        int seen = from + rows - first;
        int d = shape.headDim();
        int column = head * d;
        int keyColumn = keyValueHead * d;
        Operand q = Operand.part(forward.query(), from, rows, column, d);
        Operand k = Operand.part(forward.keys(), first, seen, keyColumn, d);
        Operand v = Operand.part(forward.values(), first, seen, keyColumn, d);
        Operand upstream = Operand.part(dOut, from, rows, column, d);
        try (Scratch scratch = Scratch.borrow()) {
            long size = (long) rows * seen;
            MemorySegment memory = scratch.memory(2 * size);
            MemorySegment weightMemory = memory.asSlice(0, 4 * size);
            MemorySegment scoreMemory = memory.asSlice(4 * size, 4 * size);
            Operand weights = Operand.of(weightMemory, rows, seen);
            Operand dScores = Operand.of(scoreMemory, rows, seen);

            replace(products, q, k, shape.scale(), weights);
            products.softmax(weightMemory, rows, seen, from + 1 - first, shape.window());
            replace(products, upstream, v, 1, dScores);
            products.softmaxBackward(weightMemory, scoreMemory, rows, seen, shape.scale());

            Operand dValues = Operand.part(gradient.values(), first, seen, keyColumn, d);
            Operand dKeys = Operand.part(gradient.keys(), first, seen, keyColumn, d);
            add(products, weights, Layout.TRANSPOSED, upstream, dValues);
            add(products, dScores, Layout.TRANSPOSED, q, dKeys);
            add(products, dScores, Layout.PLAIN, k, Operand.part(gradient.query(), from, rows, column, d));
        }
    }

    /** c = scale · a bᵀ. */
    private static void replace(Products products, Operand a, Operand b, float scale, Operand c) {
        products.many(WorkerPool.SERIAL, a, Layout.PLAIN, b, Layout.TRANSPOSED, scale, Gemm.Result.REPLACE, c);
    }

    /** c += a b. */
    private static void add(Products products, Operand a, Layout layout, Operand b, Operand c) {
        products.many(WorkerPool.SERIAL, a, layout, b, Layout.PLAIN, 1, Gemm.Result.ADD, c);
    }
}
