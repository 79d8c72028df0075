package dev.apprentice.compute;

/**
 * A low-rank change of a linear layer, scale · B(Ax) (arXiv 2106.09685), as it is served.
 *
 * @param a (rank, in)
 * @param bTransposed (rank, out): a few rows add up to an output faster than many short rows make one
 */
public record LowRank(Matrix a, Matrix bTransposed, float scale) {
    public LowRank {
        if (a.rows() != bTransposed.rows()) {
            throw new IllegalArgumentException(
                    "A has rank " + a.rows() + ", but B has " + bTransposed.rows() + ": they must be of one adapter");
        }
    }

    public int rank() {
        return a.rows();
    }
}
