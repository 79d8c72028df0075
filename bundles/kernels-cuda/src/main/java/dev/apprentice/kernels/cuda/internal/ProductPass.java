package dev.apprentice.kernels.cuda.internal;

import dev.apprentice.compute.DataType;
import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/** Some tokens' way up to the device, through products with weights there, and down again. */
final class ProductPass {
    private static final int WARP = 32;

    // As the .cu files have it.
    private static final int TILE = 64;
    private static final int TILE_THREADS = 128;
    private static final int EXACT_THREADS = 256;
    private static final int FEW_THREADS = 128;
    private static final int ROUND_THREADS = 256;

    private final CudaFunctions functions;
    private final Workspace workspace;
    private final Kind kind;
    private final List<CudaProducts.Job> jobs;
    private final Tensor x;
    private final float scale;

    enum Kind {
        /** x Wᵀ of at most {@link CudaFunctions#FEW} tokens. */
        FEW,
        /** x Wᵀ. */
        MANY,
        /** dy W. */
        TRANSPOSED
    }

    /** How activations are read. */
    private enum Form {
        FLOATS,
        BYTES,
        HALVES
    }

    ProductPass(
            CudaFunctions functions,
            Workspace workspace,
            Kind kind,
            List<CudaProducts.Job> jobs,
            Tensor x,
            float scale) {
        this.functions = functions;
        this.workspace = workspace;
        this.kind = kind;
        this.jobs = jobs;
        this.x = x;
        this.scale = scale;
    }

    /**
     * @param deliver gets each product and its result
     * @param meanwhile is done while the device computes
     */
    void run(BiConsumer<Tensor, Tensor> deliver, Runnable meanwhile) {
        long input = makeReady();
        long bytes =
                jobs.stream().mapToLong(job -> job.result().data().byteSize()).sum();
        long output = switch (kind) {
            case FEW -> workspace.results(bytes); // a warp writes single numbers
            case MANY, TRANSPOSED -> workspace.directResults(bytes);
        };
        for (CudaProducts.Job job : jobs) {
            switch (kind) {
                case FEW -> startFew(job.weight(), input, output);
                case MANY, TRANSPOSED -> startMany(job.weight(), input, output);
            }
            output += job.result().data().byteSize();
        }
        meanwhile.run();
        MemorySegment products = switch (kind) {
            case FEW -> workspace.download(bytes);
            case MANY, TRANSPOSED -> workspace.await(bytes);
        };
        long at = 0;
        for (CudaProducts.Job job : jobs) {
            Tensor result = job.result();
            MemorySegment product = products.asSlice(at, result.data().byteSize());
            deliver.accept(new Tensor(result.rows(), result.columns(), product), result);
            at += result.data().byteSize();
        }
    }

    /** Brings activations to the device in each form that a weight needs; the address of the floats. */
    private long makeReady() {
        Set<Form> forms = EnumSet.noneOf(Form.class);
        jobs.forEach(job -> forms.add(form(job.weight().type())));
        if (forms.equals(EnumSet.of(Form.BYTES))) {
            long staged = workspace.stage(x.data()); // read once and few: over the bus is sooner than a copy
            roundToBytes(staged);
            return staged;
        }
        long floats = workspace.upload(x.data());
        if (forms.contains(Form.BYTES)) {
            roundToBytes(floats);
        }
        if (forms.contains(Form.HALVES)) {
            roundToHalves(floats);
        }
        return floats;
    }

    private Form form(DataType type) {
        return switch (kind) {
            case FEW -> type.blockElements() == 1 ? Form.FLOATS : Form.BYTES;
            case MANY, TRANSPOSED -> type == DataType.F32 ? Form.FLOATS : Form.HALVES;
        };
    }

    private void roundToBytes(long floats) {
        int runs = Math.ceilDiv(x.columns(), WARP);
        long bytes = workspace.rounded.require((long) x.rows() * runs * WARP);
        long steps = workspace.scales.require(8L * x.rows() * runs);
        int blocks = Math.ceilDiv(runs, ROUND_THREADS / WARP);
        workspace.launch(
                functions.roundToBytes(), blocks, x.rows(), ROUND_THREADS, floats, x.columns(), runs, bytes, steps);
    }

    private void roundToHalves(long floats) {
        long halves = workspace.rounded.require(2L * x.rows() * stride());
        long scales = workspace.scales.require(4L * x.rows());
        workspace.launch(
                functions.roundToHalves(), x.rows(), 1, ROUND_THREADS, floats, x.columns(), stride(), halves, scales);
    }

    /** Elements of a row in float16: whole tiles. */
    private int stride() {
        return Math.ceilDiv(x.columns(), TILE) * TILE;
    }

    private void startFew(HeldWeight weight, long floats, long y) {
        CudaFunctions.OfType kernels = functions.of(weight.type());
        int n = x.rows();
        long kernel = n == 1 ? kernels.one() : kernels.few();
        int rowsOfBlock = FEW_THREADS / WARP * (n == 1 ? 1 : CudaFunctions.ROWS_OF_FEW);
        int blocks = Math.ceilDiv(weight.rows(), rowsOfBlock);
        long address = weight.address();
        int rows = weight.rows();
        int columns = weight.columns();
        long rowBytes = weight.rowBytes();
        if (form(weight.type()) == Form.FLOATS) {
            workspace.launch(kernel, blocks, 1, FEW_THREADS, address, rows, columns, rowBytes, floats, y, n, scale);
        } else {
            long bytes = workspace.rounded.require(0);
            long steps = workspace.scales.require(0);
            workspace.launch(
                    kernel, blocks, 1, FEW_THREADS, address, rows, columns, rowBytes, bytes, steps, y, n, scale);
        }
    }

    private void startMany(HeldWeight weight, long floats, long y) {
        CudaFunctions.OfType kernels = functions.of(weight.type());
        int n = x.rows();
        long kernel = kind == Kind.MANY ? kernels.many() : kernels.transposed();
        int across = Math.ceilDiv(kind == Kind.MANY ? weight.rows() : weight.columns(), TILE);
        int down = Math.ceilDiv(n, TILE);
        long address = weight.address();
        int rows = weight.rows();
        int columns = weight.columns();
        if (form(weight.type()) == Form.FLOATS) {
            workspace.launch(kernel, across, down, EXACT_THREADS, address, rows, columns, floats, y, n, scale);
        } else {
            long rowBytes = weight.rowBytes();
            long halves = workspace.rounded.require(0);
            long scales = workspace.scales.require(0);
            workspace.launch(
                    kernel,
                    across,
                    down,
                    TILE_THREADS,
                    address,
                    rows,
                    columns,
                    rowBytes,
                    halves,
                    stride(),
                    scales,
                    y,
                    n,
                    scale);
        }
    }
}
