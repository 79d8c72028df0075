package dev.apprentice.kernels.cuda.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Kernels;
import dev.apprentice.compute.LinearLayer;
import dev.apprentice.compute.LowRank;
import dev.apprentice.compute.Matrix;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Products with the weights that were held run on a GPU, everything else on the CPU. Weights in blocks are multiplied with activations
 * rounded to 8 bits if there are few tokens; all weights but F32 with activations rounded to float16 if there are many.
 */
public final class CudaKernels extends DelegatingKernels implements AutoCloseable {
    /** Elements of a weight below which the CPU has multiplied with it before the GPU is heard of. */
    public static final long LEAST_ELEMENTS = 1L << 20;

    private final CudaDevice device;
    private final HeldWeights held;
    private final CudaProducts products;

    /**
     * @param device closed with these kernels
     * @param cpu not closed with them
     * @param leastElements weights that are smaller stay on the CPU
     */
    public CudaKernels(CudaDevice device, Kernels cpu, long leastElements) {
        this(device, new HeldWeights(device, leastElements), new CudaProducts(device), cpu);
    }

    private CudaKernels(CudaDevice device, HeldWeights held, CudaProducts products, Kernels cpu) {
        super(cpu);
        this.device = device;
        this.held = held;
        this.products = products;
    }

    @Override
    public String description() {
        return device.description() + " beside " + others().description();
    }

    @Override
    public Kernels asExactAs(DataType type) {
        return new CudaKernels(device, held, products, others().asExactAs(type));
    }

    /** How many products ran on the device. */
    public long deviceProducts() {
        return products.count();
    }

    /** Bytes of weights on the device. */
    public long heldBytes() {
        return held.bytes();
    }

    @Override
    public void hold(Matrix weight) {
        super.hold(weight);
        held.hold(weight);
    }

    @Override
    public void multiply(Matrix weight, Tensor x, Tensor y) {
        HeldWeight there = fitting(weight, x, y);
        if (there == null) {
            super.multiply(weight, x, y);
        } else {
            whileHeld(weight, () -> products.forward(new CudaProducts.Job(there, y), x, 1, CudaKernels::replace));
        }
    }

    @Override
    public void multiplyAdd(Matrix weight, Tensor x, float scale, Tensor y) {
        HeldWeight there = fitting(weight, x, y);
        if (there == null) {
            super.multiplyAdd(weight, x, scale, y);
        } else {
            whileHeld(weight, () -> products.forward(new CudaProducts.Job(there, y), x, scale, others()::add));
        }
    }

    @Override
    public void multiplyAdapted(Matrix weight, LowRank adapter, Tensor x, Tensor lowRank, Tensor y) {
        multiplyAll(List.of(new LinearLayer.Adapted(weight, adapter, lowRank, y)), x);
    }

    @Override
    public void multiplyAll(List<LinearLayer> layers, Tensor x) {
        List<CudaProducts.Job> jobs = new ArrayList<>();
        List<LinearLayer> here = new ArrayList<>();
        List<LinearLayer.Adapted> adapted = new ArrayList<>();
        for (LinearLayer layer : layers) {
            HeldWeight there = fitting(layer.weight(), x, layer.y());
            if (there == null) {
                here.add(layer);
                continue;
            }
            jobs.add(new CudaProducts.Job(there, layer.y()));
            if (layer instanceof LinearLayer.Adapted withAdapter) {
                adapted.add(withAdapter);
            }
        }
        if (jobs.isEmpty()) {
            super.multiplyAll(layers, x);
            return;
        }
        whileHeld(
                layers, () -> products.forward(jobs, x, 1, CudaKernels::replace, () -> others().multiplyAll(here, x)));
        for (LinearLayer.Adapted layer : adapted) {
            addLowRank(layer.adapter(), x, layer.lowRank(), layer.y());
        }
    }

    /** The whole product, as to a GPU a weight that it need not read is not worth the question. */
    @Override
    public void multiplyWhere(Matrix weight, Tensor mask, Tensor x, Tensor y) {
        HeldWeight there = fitting(weight, x, y);
        if (there == null || x.rows() != 1 || mask.rows() != 1 || mask.columns() != y.columns()) {
            super.multiplyWhere(weight, mask, x, y);
            return;
        }
        multiply(weight, x, y);
        for (int i = 0; i < y.columns(); i++) {
            if (mask.data().getAtIndex(ValueLayout.JAVA_FLOAT, i) == 0) {
                y.data().setAtIndex(ValueLayout.JAVA_FLOAT, i, 0);
            }
        }
    }

    @Override
    public void multiplyTransposedAdd(Matrix weight, Tensor dy, float scale, Tensor dx) {
        HeldWeight there = fitting(weight, dx, dy);
        if (there == null) {
            super.multiplyTransposedAdd(weight, dy, scale, dx);
        } else {
            whileHeld(weight, () -> products.transposed(new CudaProducts.Job(there, dx), dy, scale, others()::add));
        }
    }

    @Override
    public void multiplyTransposed(Matrix weight, Tensor dy, Tensor dx) {
        HeldWeight there = fitting(weight, dx, dy);
        if (there == null) {
            super.multiplyTransposed(weight, dy, dx);
        } else {
            whileHeld(weight, () -> products.transposed(new CudaProducts.Job(there, dx), dy, 1, CudaKernels::replace));
        }
    }

    @Override
    public void multiplyAdaptedTransposed(
            Matrix weight, LowRank.Trained adapter, Tensor dy, Tensor dLowRank, Tensor dx) {
        if (fitting(weight, dx, dy) == null) {
            super.multiplyAdaptedTransposed(weight, adapter, dy, dLowRank, dx);
        } else {
            multiplyTransposed(weight, dy, dx);
            addThroughLowRank(adapter, dy, dLowRank, dx);
        }
    }

    @Override
    public void multiplyAdaptedTransposedAdd(
            Matrix weight, LowRank.Trained adapter, Tensor dy, Tensor dLowRank, Tensor dx) {
        if (fitting(weight, dx, dy) == null) {
            super.multiplyAdaptedTransposedAdd(weight, adapter, dy, dLowRank, dx);
        } else {
            multiplyTransposedAdd(weight, dy, 1, dx);
            addThroughLowRank(adapter, dy, dLowRank, dx);
        }
    }

    private void addThroughLowRank(LowRank.Trained adapter, Tensor dy, Tensor dLowRank, Tensor dx) {
        dLowRank.clear();
        others().multiplyTransposedAdd(adapter.b(), dy, adapter.scale(), dLowRank);
        others().multiplyTransposedAdd(adapter.a(), dLowRank, 1, dx);
    }

    /** The copy of a weight that multiplies (n, in) to (n, out), or null: what does not fit together is refused by the CPU's kernels. */
    private @Nullable HeldWeight fitting(Matrix weight, Tensor in, Tensor out) {
        boolean fits = in.rows() == out.rows()
                && in.rows() > 0
                && in.columns() == weight.columns()
                && out.columns() == weight.rows();
        return fits ? held.of(weight) : null;
    }

    /** Copies of weights live as long as what is kept here. */
    private static void whileHeld(Object kept, Runnable product) {
        try {
            product.run();
        } finally {
            Reference.reachabilityFence(kept);
        }
    }

    private static void replace(Tensor product, Tensor result) {
        Copies.copy(product.data(), result.data());
    }

    @Override
    public void close() {
        products.close();
        held.close();
        device.close();
    }
}
