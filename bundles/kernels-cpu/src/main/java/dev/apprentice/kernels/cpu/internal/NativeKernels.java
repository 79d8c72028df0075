package dev.apprentice.kernels.cpu.internal;

/** The operations with the Vector API, matrix products in C. */
public final class NativeKernels extends VectorKernels {
    private final NativeLibrary library;

    /** @param library closed with these kernels */
    public NativeKernels(NativeLibrary library, int threads) {
        super(threads, new NativeProducts(library.functions()));
        this.library = library;
    }

    @Override
    public String description() {
        return "native AVX-512 (VNNI, BF16) and " + super.description();
    }

    @Override
    public void close() {
        super.close();
        library.close();
    }
}
