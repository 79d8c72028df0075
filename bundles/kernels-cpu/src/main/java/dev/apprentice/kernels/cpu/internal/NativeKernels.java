package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.AttentionShape;
import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.LinearLayer;
import dev.apprentice.compute.LowRank;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/** The operations with the Vector API; in C those where that pays. */
public final class NativeKernels extends VectorKernels {
    private final NativeLibrary library;
    private final NativeFunctions functions;
    private final NativeType plain;

    /** @param library closed with these kernels */
    public NativeKernels(NativeLibrary library, int threads) {
        this(library, new WorkerPool(threads), NativeType.F32);
    }

    /** @param plain what F32 is multiplied as */
    private NativeKernels(NativeLibrary library, WorkerPool pool, NativeType plain) {
        super(pool, new NativeProducts(library.functions(), plain));
        this.library = library;
        this.functions = library.functions();
        this.plain = plain;
    }

    @Override
    public String description() {
        return "native AVX-512 (VNNI, BF16" + (functions.tiles() ? ", AMX" : "") + ") and " + super.description();
    }

    @Override
    public Kernels asExactAs(DataType held) {
        NativeType type = NativeType.of(held);
        boolean exact = type == null || type == NativeType.F32;
        return exact ? this : new NativeKernels(library, pool, NativeType.F32_AS_BF16);
    }

    @Override
    public void addLowRank(LowRank adapter, Tensor x, Tensor lowRank, Tensor y) {
        if (x.rows() <= Products.MOST_TOKENS
                && adapter instanceof LowRank.Served served
                && NativeLowRank.reads(served)) {
            Shapes.lowRank(adapter, x, lowRank, y);
            NativeLowRank.addFew(functions, pool, served, x, lowRank, y);
        } else {
            super.addLowRank(adapter, x, lowRank, y);
        }
    }

    @Override
    public void multiplyAdapted(Matrix weight, LowRank adapter, Tensor x, Tensor lowRank, Tensor y) {
        LinearLayer.Adapted layer = new LinearLayer.Adapted(weight, adapter, lowRank, y);
        NativeType type = NativeType.of(weight.type());
        if (type == null || !joins(layer, x.rows())) {
            super.multiplyAdapted(weight, adapter, x, lowRank, y);
        } else if (x.rows() <= Products.MOST_TOKENS && adapter instanceof LowRank.Served served) {
            Shapes.product(weight, x, y);
            Shapes.lowRank(adapter, x, lowRank, y);
            NativeLowRank.few(functions, pool, type, weight, served, x, lowRank, y);
        } else {
            NativeGemm.runAll(List.of(joined(layer, type, x)));
        }
    }

    @Override
    public void multiplyAll(List<LinearLayer> layers, Tensor x) {
        List<NativeGemm.Joined> products = new ArrayList<>();
        for (LinearLayer layer : layers) {
            NativeType type = NativeType.of(layer.weight().type());
            if (type != null && joins(layer, x.rows()) && x.rows() > Products.MOST_TOKENS) {
                products.add(joined(layer, type, x));
            }
        }
        if (layers.isEmpty() || products.size() < layers.size()) {
            super.multiplyAll(layers, x);
        } else {
            NativeGemm.runAll(products);
        }
    }

    /** Whether x is rounded for a layer's weight, and the products of its adapter may be rounded as well. */
    private boolean joins(LinearLayer layer, int tokens) {
        if (layer.weight().type() == DataType.F32) {
            return false;
        }
        return switch (layer) {
            case LinearLayer.Plain _ -> true;
            case LinearLayer.Adapted adapted -> joins(adapted.adapter(), tokens);
        };
    }

    private boolean joins(LowRank adapter, int tokens) {
        return switch (adapter) {
            case LowRank.Trained _ -> plain == NativeType.F32_AS_BF16 && tokens > Products.MOST_TOKENS;
            case LowRank.Served served -> NativeLowRank.reads(served);
        };
    }

    private NativeGemm.Joined joined(LinearLayer layer, NativeType type, Tensor x) {
        Shapes.product(layer.weight(), x, layer.y());
        NativeGemm product = gemm(type, x, layer.weight(), Layout.TRANSPOSED, Gemm.Result.REPLACE, layer.y());
        return switch (layer) {
            case LinearLayer.Plain _ -> new NativeGemm.Joined(product, null);
            case LinearLayer.Adapted adapted -> {
                Shapes.lowRank(adapted.adapter(), x, adapted.lowRank(), adapted.y());
                yield new NativeGemm.Joined(product, NativeGemm.Beside.forward(adapted.adapter(), adapted.lowRank()));
            }
        };
    }

    @Override
    public void multiplyAdaptedTransposed(
            Matrix weight, LowRank.Trained adapter, Tensor dy, Tensor dLowRank, Tensor dx) {
        if (!throughBoth(weight, adapter, dy, dLowRank, Gemm.Result.REPLACE, dx)) {
            super.multiplyAdaptedTransposed(weight, adapter, dy, dLowRank, dx);
        }
    }

    @Override
    public void multiplyAdaptedTransposedAdd(
            Matrix weight, LowRank.Trained adapter, Tensor dy, Tensor dLowRank, Tensor dx) {
        if (!throughBoth(weight, adapter, dy, dLowRank, Gemm.Result.ADD, dx)) {
            super.multiplyAdaptedTransposedAdd(weight, adapter, dy, dLowRank, dx);
        }
    }

    /** False where the adapter is to be exact. */
    private boolean throughBoth(
            Matrix weight, LowRank.Trained adapter, Tensor dy, Tensor dLowRank, Gemm.Result result, Tensor dx) {
        NativeType type = NativeType.of(weight.type());
        if (type == null || type == NativeType.F32 || plain == NativeType.F32) {
            return false;
        }
        Shapes.product(weight, dx, dy);
        Shapes.lowRank(adapter, dx, dLowRank, dy);
        gemm(type, dy, weight, Layout.PLAIN, result, dx).run(NativeGemm.Beside.backward(adapter, dLowRank));
        return true;
    }

    private NativeGemm gemm(NativeType type, Tensor x, Matrix weight, Layout layout, Gemm.Result result, Tensor y) {
        return new NativeGemm(
                functions,
                pool,
                type,
                Operand.of(x),
                Layout.PLAIN,
                Operand.of(weight),
                layout,
                1,
                result,
                Operand.of(y));
    }

    @Override
    public void round(Tensor values, Matrix weight) {
        Shapes.rounding(values, weight);
        boolean wholePairs =
                (long) values.rows() * values.columns() % 2 == 0; // half a pair would be filled up with a zero
        if (weight.type() != DataType.BF16 || !wholePairs) {
            super.round(values, weight);
            return;
        }
        slices(
                values,
                1,
                (from, count) -> functions.leftBf16(
                        values.data().address() + 4 * from,
                        count,
                        1,
                        count,
                        weight.data().address() + 2 * from,
                        count));
        Reference.reachabilityFence(weight);
        keepReachable(values);
    }

    @Override
    public void attention(AttentionShape shape, int past, Tensor query, Tensor keys, Tensor values, Tensor out) {
        if (query.rows() <= AttentionStep.MOST_TOKENS) {
            Shapes.attention(shape, past, query, keys, values, out);
            NativeAttention.run(functions, pool, shape, past, query, keys.asMatrix(), values.asMatrix(), out);
        } else {
            super.attention(shape, past, query, keys, values, out);
        }
    }

    @Override
    public void attention(AttentionShape shape, int past, Tensor query, Matrix keys, Matrix values, Tensor out) {
        if (query.rows() <= AttentionStep.MOST_TOKENS && NativeAttention.reads(keys.type())) {
            Shapes.attention(shape, past, query, keys, values, out);
            NativeAttention.run(functions, pool, shape, past, query, keys, values, out);
        } else {
            super.attention(shape, past, query, keys, values, out);
        }
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor out) {
        Shapes.same(gate, up, out);
        slices(
                gate,
                EXPONENTIAL,
                (from, count) -> functions.swiGlu(
                        gate.data().address() + 4 * from,
                        up.data().address() + 4 * from,
                        out.data().address() + 4 * from,
                        count));
        keepReachable(gate, up, out);
    }

    @Override
    public void dropBelow(float threshold, Tensor gate) {
        slices(
                gate,
                EXPONENTIAL,
                (from, count) -> functions.dropBelow(threshold, gate.data().address() + 4 * from, count));
        keepReachable(gate);
    }

    @Override
    public void swiGluBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
        Shapes.same(gate, up, dOut, dGate, dUp);
        slices(
                gate,
                EXPONENTIAL,
                (from, count) -> functions.swiGluBackward(
                        gate.data().address() + 4 * from,
                        up.data().address() + 4 * from,
                        dOut.data().address() + 4 * from,
                        dGate.data().address() + 4 * from,
                        dUp.data().address() + 4 * from,
                        count));
        keepReachable(gate, up, dOut, dGate, dUp);
    }

    /** C sees addresses only: the memory must not be freed before it has returned. */
    private static void keepReachable(Tensor... tensors) {
        Reference.reachabilityFence(tensors);
    }

    @Override
    public void close() {
        super.close();
        library.close();
    }
}
