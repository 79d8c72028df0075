package dev.apprentice.kernels.cuda.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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

    private static final int TILE = 64;
    private static final int TILE_THREADS = 128;
    private static final int EXACT_THREADS = 256;
    private static final int FEW_THREADS = 128;
    private static final int ROUND_THREADS = 256;
    private static final int WARP = 32;

    /** Outputs that a warp makes of several tokens, which then read their activations less often. */
    private static final int ROWS_OF_FEW = 2;

    private final CudaDevice device;
    private final CudaFunctions functions;
    private final Deque<Workspace> idle = new ConcurrentLinkedDeque<>();
    private final LongAdder count = new LongAdder();

    CudaProducts(CudaDevice device) {
        this.device = device;
        this.functions = device.functions();
    }

    /**
     * A product and where it goes.
     *
     * @param result (n, width), as wide as the product
     */
    record Job(HeldWeight weight, Tensor result) {}

    /** How activations are read. */
    private enum Form {
        FLOATS,
        BYTES,
        HALVES
    }

    private enum Direction {
        FORWARD,
        TRANSPOSED
    }

    /**
     * Computes scale · x Wᵀ of each job; W (out, in), x (n, in), result (n, out).
     *
     * @param deliver gets each product, or some of its rows, and the same rows of the result
     * @param meanwhile is done once while the device computes
     */
    void forward(List<Job> jobs, Tensor x, float scale, BiConsumer<Tensor, Tensor> deliver, Runnable meanwhile) {
        run(Direction.FORWARD, jobs, x, scale, deliver, meanwhile);
    }

    /** Computes scale · dy W; W (out, in), dy (n, out), result (n, in). */
    void transposed(Job job, Tensor dy, float scale, BiConsumer<Tensor, Tensor> deliver) {
        run(Direction.TRANSPOSED, List.of(job), dy, scale, deliver, () -> {});
    }

    /** How many products were computed so far. */
    long count() {
        return count.sum();
    }

    private void run(
            Direction direction,
            List<Job> jobs,
            Tensor x,
            float scale,
            BiConsumer<Tensor, Tensor> deliver,
            Runnable meanwhile) {
        device.enter();
        Workspace idleOne = idle.poll();
        Workspace workspace = idleOne == null ? new Workspace(device) : idleOne;
        try {
            boolean few = direction == Direction.FORWARD && x.rows() <= CudaFunctions.FEW;
            long widest = Math.max(
                    x.columns(),
                    jobs.stream().mapToLong(job -> job.result().columns()).sum());
            int most = Math.toIntExact(Math.clamp(MOST_BYTES / (4 * widest), 1, x.rows()));
            for (int from = 0; from < x.rows(); from += most) {
                int rows = Math.min(most, x.rows() - from);
                List<Job> part = new ArrayList<>();
                for (Job job : jobs) {
                    part.add(new Job(job.weight(), job.result().rows(from, rows)));
                }
                new Pass(workspace, direction, few, part, x.rows(from, rows), scale)
                        .run(deliver, from == 0 ? meanwhile : () -> {});
            }
            count.add(jobs.size());
        } finally {
            idle.add(workspace);
        }
    }

    @Override
    public void close() {
        device.enter();
        for (Workspace workspace = idle.poll(); workspace != null; workspace = idle.poll()) {
            workspace.close();
        }
    }

    /** One way up and down. */
    private final class Pass {
        private final Workspace workspace;
        private final Direction direction;
        private final boolean few;
        private final List<Job> jobs;
        private final Tensor x;
        private final float scale;

        Pass(Workspace workspace, Direction direction, boolean few, List<Job> jobs, Tensor x, float scale) {
            this.workspace = workspace;
            this.direction = direction;
            this.few = few;
            this.jobs = jobs;
            this.x = x;
            this.scale = scale;
        }

        void run(BiConsumer<Tensor, Tensor> deliver, Runnable meanwhile) {
            long bytes = jobs.stream()
                    .mapToLong(job -> job.result().data().byteSize())
                    .sum();
            Set<Form> forms = EnumSet.noneOf(Form.class);
            jobs.forEach(job -> forms.add(form(job.weight().type())));
            boolean once = few && !forms.contains(Form.FLOATS);
            long input = once ? workspace.stage(x.data()) : workspace.upload(x.data());
            if (forms.contains(Form.BYTES)) {
                roundToBytes(input);
            }
            if (forms.contains(Form.HALVES)) {
                roundToHalves(input);
            }
            long at = workspace.output.require(bytes);
            for (Job job : jobs) {
                launch(job.weight(), input, at);
                at += job.result().data().byteSize();
            }
            meanwhile.run();
            MemorySegment products = workspace.download(bytes);
            long offset = 0;
            for (Job job : jobs) {
                Tensor result = job.result();
                MemorySegment product = products.asSlice(offset, result.data().byteSize());
                deliver.accept(new Tensor(result.rows(), result.columns(), product), result);
                offset += result.data().byteSize();
            }
        }

        private Form form(DataType type) {
            if (few) {
                return type.blockElements() == 1 ? Form.FLOATS : Form.BYTES;
            }
            return type == DataType.F32 ? Form.FLOATS : Form.HALVES;
        }

        private void roundToBytes(long input) {
            int runs = Math.ceilDiv(x.columns(), WARP);
            long bytes = workspace.rounded.require((long) x.rows() * runs * WARP);
            long steps = workspace.scales.require(8L * x.rows() * runs);
            int blocks = Math.ceilDiv(runs, ROUND_THREADS / WARP);
            workspace.launch(
                    functions.roundToBytes(), blocks, x.rows(), ROUND_THREADS, input, x.columns(), runs, bytes, steps);
        }

        private void roundToHalves(long input) {
            long halves = workspace.rounded.require(2L * x.rows() * stride());
            long scales = workspace.scales.require(4L * x.rows());
            workspace.launch(
                    functions.roundToHalves(),
                    x.rows(),
                    1,
                    ROUND_THREADS,
                    input,
                    x.columns(),
                    stride(),
                    halves,
                    scales);
        }

        /** Elements of a row in float16: whole tiles. */
        private int stride() {
            return Math.ceilDiv(x.columns(), TILE) * TILE;
        }

        private void launch(HeldWeight weight, long floats, long y) {
            CudaFunctions.OfType kernels = functions.of(weight.type());
            long address = weight.address();
            int rows = weight.rows();
            int columns = weight.columns();
            int n = x.rows();
            long rounded = workspace.rounded.require(0);
            long scales = workspace.scales.require(0);
            if (few) {
                long kernel = n == 1 ? kernels.one() : kernels.few();
                int blocks = Math.ceilDiv(rows, FEW_THREADS / WARP * (n == 1 ? 1 : ROWS_OF_FEW));
                long bytes = weight.rowBytes();
                switch (form(weight.type())) {
                    case FLOATS ->
                        workspace.launch(
                                kernel, blocks, 1, FEW_THREADS, address, rows, columns, bytes, floats, y, n, scale);
                    case BYTES, HALVES ->
                        workspace.launch(
                                kernel,
                                blocks,
                                1,
                                FEW_THREADS,
                                address,
                                rows,
                                columns,
                                bytes,
                                rounded,
                                scales,
                                y,
                                n,
                                scale);
                }
                return;
            }
            long kernel = direction == Direction.FORWARD ? kernels.many() : kernels.transposed();
            int across = Math.ceilDiv(direction == Direction.FORWARD ? rows : columns, TILE);
            int down = Math.ceilDiv(n, TILE);
            switch (form(weight.type())) {
                case FLOATS ->
                    workspace.launch(kernel, across, down, EXACT_THREADS, address, rows, columns, floats, y, n, scale);
                case BYTES, HALVES ->
                    workspace.launch(
                            kernel,
                            across,
                            down,
                            TILE_THREADS,
                            address,
                            rows,
                            columns,
                            weight.rowBytes(),
                            rounded,
                            stride(),
                            scales,
                            y,
                            n,
                            scale);
            }
        }
    }
}
