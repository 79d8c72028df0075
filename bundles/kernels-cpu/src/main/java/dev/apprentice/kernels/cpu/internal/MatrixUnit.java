package dev.apprentice.kernels.cpu.internal;

/** What multiplies matrices of BF16. */
enum MatrixUnit {
    /** The tiles of AMX; vectors where processor or system have none. */
    TILES,
    /** The vectors of AVX-512. */
    VECTORS
}
