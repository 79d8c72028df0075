package dev.apprentice.compute;

/** How the numbers of a {@link Matrix} are stored; block layouts are those of ggml. */
public enum DataType {
    /** IEEE 754 single precision, little-endian. */
    F32(1, 4),
    /** The upper half of a float32. */
    BF16(1, 2),
    /** Blocks of 32: a float16 scale d, then 32 signed bytes q; the value is q·d. */
    Q8_0(32, 34),
    /** Blocks of 32: a float16 scale d, then 16 bytes; byte j holds elements j (low nibble) and j+16 (high nibble), value (q−8)·d. */
    Q4_0(32, 18);

    private final int blockElements;
    private final int blockBytes;

    DataType(int blockElements, int blockBytes) {
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
    }

    /** Number of consecutive elements of a row that are stored together. */
    public int blockElements() {
        return blockElements;
    }

    /** Bytes that one block takes. */
    public int blockBytes() {
        return blockBytes;
    }

    /** Bytes that a row of {@code columns} elements takes; throws if the row does not consist of whole blocks. */
    public long rowBytes(int columns) {
        if (columns % blockElements != 0) {
            throw new IllegalArgumentException("A row of " + columns + " elements cannot be stored as " + this
                    + ": use a multiple of " + blockElements);
        }
        return (long) columns / blockElements * blockBytes;
    }
}
