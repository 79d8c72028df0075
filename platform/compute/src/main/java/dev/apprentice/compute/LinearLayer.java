package dev.apprentice.compute;

/** One of several linear layers that read the same x (n, in); y (n, out) is overwritten. */
public sealed interface LinearLayer {
    /** W (out, in). */
    Matrix weight();

    Tensor y();

    /** y = x Wᵀ. */
    record Plain(Matrix weight, Tensor y) implements LinearLayer {}

    /**
     * y = x Wᵀ + scale · B(Ax).
     *
     * @param lowRank (n, rank), overwritten with Ax; layers may share it where nobody reads it afterwards
     */
    record Adapted(Matrix weight, LowRank adapter, Tensor lowRank, Tensor y) implements LinearLayer {}
}
