package dev.apprentice.compute;

/**
 * Grouped-query attention: {@code heads} query heads share {@code keyValueHeads} key/value heads, each {@code headDim} wide.
 *
 * @param window a token sees itself and the {@code window − 1} tokens before it (arXiv 2310.06825); {@link #ALL} sees all
 */
public record AttentionShape(int heads, int keyValueHeads, int headDim, int window) {
    /** A window that holds every token. */
    public static final int ALL = Integer.MAX_VALUE;

    public AttentionShape {
        if (heads <= 0 || keyValueHeads <= 0 || headDim <= 0 || heads % keyValueHeads != 0) {
            throw new IllegalArgumentException("Attention needs heads divisible by key/value heads, but has " + heads
                    + " and " + keyValueHeads + " of width " + headDim);
        }
        if (window <= 0) {
            throw new IllegalArgumentException("A token sees at least itself, but the window is " + window);
        }
    }

    /** Attention to every token before. */
    public AttentionShape(int heads, int keyValueHeads, int headDim) {
        this(heads, keyValueHeads, headDim, ALL);
    }

    /** The first token that the one at a position sees. */
    public int firstSeen(int position) {
        return Math.max(0, position - window + 1);
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
