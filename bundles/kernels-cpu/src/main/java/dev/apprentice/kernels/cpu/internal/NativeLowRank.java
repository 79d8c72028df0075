package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.LowRank;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.ref.Reference;

/** Linear layers with an adapter in BF16 beside them, in C: the adapter's product joins the weight's while a part of y is in the cache. */
final class NativeLowRank {
    private NativeLowRank() {}

    /** Whether an adapter can be read. */
    static boolean reads(LowRank.Served adapter) {
        return adapter.a().type() == DataType.BF16 && adapter.bTransposed().type() == DataType.BF16;
    }

    /** y = x Wᵀ + scale · B(Ax) for a few tokens. */
    static void few(
            NativeFunctions functions,
            WorkerPool pool,
            NativeType type,
            Matrix weight,
            LowRank.Served adapter,
            Tensor x,
            Tensor lowRank,
            Tensor y) {
        NativeGemv.run(functions, pool, NativeType.BF16, adapter.a(), x, 1, Gemm.Result.REPLACE, lowRank);
        NativeGemv.run(
                functions,
                pool,
                type,
                weight,
                x,
                1,
                Gemm.Result.REPLACE,
                y,
                (first, count) -> addColumns(functions, adapter, lowRank, y, first, count));
        keepReachable(adapter, lowRank);
    }

    /** y += scale · B(Ax) for a few tokens. */
    static void addFew(
            NativeFunctions functions, WorkerPool pool, LowRank.Served adapter, Tensor x, Tensor lowRank, Tensor y) {
        NativeGemv.run(functions, pool, NativeType.BF16, adapter.a(), x, 1, Gemm.Result.REPLACE, lowRank);
        addColumns(functions, adapter, lowRank, y, 0, y.columns());
        keepReachable(adapter, lowRank);
        Reference.reachabilityFence(y);
    }

    private static void addColumns(
            NativeFunctions functions, LowRank.Served adapter, Tensor lowRank, Tensor y, int first, int count) {
        functions.addLowRank(
                adapter.bTransposed().data().address() + 2L * first,
                y.columns(),
                adapter.rank(),
                count,
                lowRank.data().address(),
                y.rows(),
                adapter.scale(),
                y.data().address() + 4L * first,
                y.columns());
    }

    private static void keepReachable(LowRank adapter, Tensor lowRank) {
        Reference.reachabilityFence(adapter);
        Reference.reachabilityFence(lowRank);
    }
}
