package dev.apprentice.compute;

/** A low-rank change of a linear layer, scale · B(Ax) (arXiv 2106.09685); A (rank, in), B (out, rank). */
public sealed interface LowRank {
    /** A (rank, in). */
    Matrix a();

    /** What the product is multiplied with. */
    float scale();

    default int rank() {
        return a().rows();
    }

    /**
     * As it is trained.
     *
     * @param b (out, rank)
     */
    record Trained(Matrix a, Matrix b, float scale) implements LowRank {
        public Trained {
            requireOneRank(a.rows(), b.columns());
        }
    }

    /**
     * As it is served.
     *
     * @param bTransposed (rank, out): a few rows add up to an output faster than many short rows make one
     */
    record Served(Matrix a, Matrix bTransposed, float scale) implements LowRank {
        public Served {
            requireOneRank(a.rows(), bTransposed.rows());
        }
    }

    private static void requireOneRank(int ofA, int ofB) {
        if (ofA != ofB) {
            throw new IllegalArgumentException(
                    "A has rank " + ofA + ", but B has " + ofB + ": they must be of one adapter");
        }
    }
}
