package dev.apprentice.kernels.cpu.internal;

/** How an operand of a matrix multiplication lies in memory. */
enum Layout {
    /** As the formula has it. */
    PLAIN,
    /** Rows are the formula's columns. */
    TRANSPOSED
}
