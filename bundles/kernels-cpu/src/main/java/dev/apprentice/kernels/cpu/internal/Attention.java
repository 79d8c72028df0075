package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.AttentionShape;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;

/** Causal attention of many tokens: per head and chunk of tokens softmax(Q Kᵀ / √d) V, as two matrix products. */
final class Attention {
    /** Tokens per task: the scores of a chunk stay within the cache. */
    static final int CHUNK = 64;

    private Attention() {}

    static void run(
            Products products,
            WorkerPool pool,
            AttentionShape shape,
            int past,
            Tensor query,
            Tensor keys,
            Tensor values,
            Tensor out) {
        int chunks = Math.ceilDiv(query.rows(), CHUNK);
        long work = (long) query.rows() * Math.min(past + query.rows(), shape.window()) * shape.queryWidth();
        // the last chunks see the most keys: begin with those
        pool.run(shape.heads() * chunks, work, task -> {
            int from = (chunks - 1 - task / shape.heads()) * CHUNK;
            chunk(products, shape, past, query, keys, values, out, task % shape.heads(), from);
        });
    }

    private static void chunk(
            Products products,
            AttentionShape shape,
            int past,
            Tensor query,
            Tensor keys,
            Tensor values,
            Tensor out,
            int head,
            int from) {
        int rows = Math.min(CHUNK, query.rows() - from);
        int first = shape.firstSeen(past + from);
        int width = past + from + rows - first;
        int headDim = shape.headDim();
        int keyColumn = head / (shape.heads() / shape.keyValueHeads()) * headDim;
        Operand q = Operand.part(query, from, rows, head * headDim, headDim);
        Operand k = Operand.part(keys, first, width, keyColumn, headDim);
        Operand v = Operand.part(values, first, width, keyColumn, headDim);
        Operand o = Operand.part(out, from, rows, head * headDim, headDim);
        try (Scratch scratch = Scratch.borrow()) {
            MemorySegment memory = scratch.memory((long) rows * width);
            Operand scores = Operand.of(memory, rows, width);
            products.many(
                    WorkerPool.SERIAL,
                    q,
                    Layout.PLAIN,
                    k,
                    Layout.TRANSPOSED,
                    shape.scale(),
                    Gemm.Result.REPLACE,
                    scores);
            products.softmax(memory, rows, width, past + from + 1 - first, shape.window());
            products.many(WorkerPool.SERIAL, scores, Layout.PLAIN, v, Layout.PLAIN, 1, Gemm.Result.REPLACE, o);
        }
    }
}
