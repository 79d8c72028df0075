package dev.apprentice.compute;

/**
 * Grouped-query attention: {@code heads} query heads share {@code keyValueHeads} key/value heads, each {@code headDim} wide.
 */
public record AttentionShape(int heads, int keyValueHeads, int headDim) {
    public AttentionShape {
        if (heads <= 0 || keyValueHeads <= 0 || headDim <= 0 || heads % keyValueHeads != 0) {
            throw new IllegalArgumentException("Attention needs heads divisible by key/value heads, but has " + heads
                    + " and " + keyValueHeads + " of width " + headDim);
        }
    }

    /** Width of a row of queries and of the output. */
    public int queryWidth() {
        return heads * headDim;
    }

    /** Width of a row of keys or values. */
    public int keyValueWidth() {
        return keyValueHeads * headDim;
    }

    /** Factor on the dot products, 1/√headDim. */
    public float scale() {
        return (float) (1 / Math.sqrt(headDim));
    }
}
