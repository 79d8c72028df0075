package dev.apprentice.kernels.cuda.internal;

import dev.apprentice.compute.Tensor;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;

/**
 * Products with weights on the device: activations go up, results come down. As many calls as come run at once, each in a
 * {@link Workspace} of its own.
 */
final class CudaProducts implements AutoCloseable {
    /** Bytes on either side up to which tokens go together. */
    private static final long MOST_BYTES = 64L << 20;

    private final CudaDevice device;
    private final Deque<Workspace> idle = new ConcurrentLinkedDeque<>();
    private final LongAdder count = new LongAdder();

    CudaProducts(CudaDevice device) {
        this.device = device;
    }

    /**
     * A product and where it goes.
     *
     * @param result (n, width), as wide as the product
     */
    record Job(HeldWeight weight, Tensor result) {
        private Job rows(int from, int rows) {
            return new Job(weight, result.rows(from, rows));
        }
    }

    /**
     * Computes scale · x Wᵀ of each job; W (out, in), x (n, in), result (n, out).
     *
     * @param deliver gets each product, or some of its rows, and the same rows of the result
     * @param meanwhile is done once while the device computes
     */
    void forward(List<Job> jobs, Tensor x, float scale, BiConsumer<Tensor, Tensor> deliver, Runnable meanwhile) {
        ProductPass.Kind kind = x.rows() <= CudaFunctions.FEW ? ProductPass.Kind.FEW : ProductPass.Kind.MANY;
        run(kind, jobs, x, scale, deliver, meanwhile);
    }

    /** Computes scale · x Wᵀ; W (out, in), x (n, in), result (n, out). */
    void forward(Job job, Tensor x, float scale, BiConsumer<Tensor, Tensor> deliver) {
        forward(List.of(job), x, scale, deliver, CudaProducts::nothing);
    }

    /** Computes scale · dy W; W (out, in), dy (n, out), result (n, in). */
    void transposed(Job job, Tensor dy, float scale, BiConsumer<Tensor, Tensor> deliver) {
        run(ProductPass.Kind.TRANSPOSED, List.of(job), dy, scale, deliver, CudaProducts::nothing);
    }

    /** How many products were computed so far. */
    long count() {
        return count.sum();
    }

    private void run(
            ProductPass.Kind kind,
            List<Job> jobs,
            Tensor x,
            float scale,
            BiConsumer<Tensor, Tensor> deliver,
            Runnable meanwhile) {
        device.enter();
        Workspace idleOne = idle.poll();
        Workspace workspace = idleOne == null ? new Workspace(device) : idleOne;
        try {
            int most = tokensTogether(jobs, x);
            for (int from = 0; from < x.rows(); from += most) {
                int rows = Math.min(most, x.rows() - from);
                int first = from;
                List<Job> part = jobs.stream().map(job -> job.rows(first, rows)).toList();
                new ProductPass(device.functions(), workspace, kind, part, x.rows(from, rows), scale)
                        .run(deliver, from == 0 ? meanwhile : CudaProducts::nothing);
            }
            count.add(jobs.size());
        } finally {
            idle.add(workspace);
        }
    }

    private static void nothing() {}

    private static int tokensTogether(List<Job> jobs, Tensor x) {
        long width = jobs.stream().mapToLong(job -> job.result().columns()).sum();
        return Math.toIntExact(Math.clamp(MOST_BYTES / (4 * Math.max(width, x.columns())), 1, x.rows()));
    }

    @Override
    public void close() {
        device.enter();
        for (Workspace workspace = idle.poll(); workspace != null; workspace = idle.poll()) {
            workspace.close();
        }
    }
}
