package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.AttentionShape;
import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.ref.Reference;

/** Causal attention of a few tokens in C; a task is one token and one key/value head with all query heads that share it. */
final class NativeAttention {
    private NativeAttention() {}

    /** Whether keys and values of a type can be read where they lie. */
    static boolean reads(DataType type) {
        return type == DataType.F32 || type == DataType.F16 || type == DataType.Q8_0;
    }

    static void run(
            NativeFunctions functions,
            WorkerPool pool,
            AttentionShape shape,
            int past,
            Tensor query,
            Matrix keys,
            Matrix values,
            Tensor out) {
        int heads = shape.keyValueHeads();
        int group = shape.heads() / heads;
        int headDim = shape.headDim();
        long rowBytes = keys.type().rowBytes(keys.columns());
        long work = (long) query.rows() * Math.min(past + query.rows(), shape.window()) * shape.queryWidth();
        try {
            pool.run(heads * query.rows(), work, task -> {
                int token = task / heads;
                int head = task % heads;
                int first = shape.firstSeen(past + token);
                int count = past + token + 1 - first;
                long place = 4L * ((long) token * shape.queryWidth() + (long) head * group * headDim);
                long column = keys.type().rowBytes(keys.columns()) / heads * head;
                try (Scratch scratch = Scratch.borrow()) {
                    functions.attend(
                            keys.type(),
                            group,
                            query.data().address() + place,
                            keys.data().address() + first * rowBytes + column,
                            values.data().address() + first * rowBytes + column,
                            rowBytes,
                            count,
                            headDim,
                            shape.scale(),
                            scratch.memory(4L * count).address(),
                            out.data().address() + place);
                }
            });
        } finally {
            Reference.reachabilityFence(query);
            Reference.reachabilityFence(keys);
            Reference.reachabilityFence(values);
            Reference.reachabilityFence(out);
        }
    }
}
