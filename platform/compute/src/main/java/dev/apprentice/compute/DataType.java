package dev.apprentice.compute;

/** How the numbers of a {@link Matrix} are stored; block layouts are those of ggml, but for {@link #Q4_G128}. */
public enum DataType {
    /** IEEE 754 single precision, little-endian. */
    F32(1, 4),
    /** IEEE 754 half precision. */
    F16(1, 2),
    /** The upper half of a float32. */
    BF16(1, 2),
    /** Blocks of 32: a float16 scale d, then 32 signed bytes q; the value is q·d. */
    Q8_0(32, 34),
    /** Blocks of 32: a float16 scale d, then 16 bytes; byte j holds elements j (low nibble) and j+16 (high nibble), value (q−8)·d. */
    Q4_0(32, 18),
    /** Blocks of 32: a float16 scale d, a float16 least value m, then nibbles as in Q4_0; the value is q·d + m. */
    Q4_1(32, 20),
    /**
     * Blocks of 256 in eight runs of 32: float16 d and dmin, 12 bytes of 6-bit scales s and minima m per run, 128 bytes; of 32 bytes the
     * low nibbles are one run and the high nibbles the next. The value is d·s·q − dmin·m.
     */
    Q4_K(256, 144),
    /** As Q4_K, with a fifth bit: after the scales come 32 bytes, of which byte j holds in bit r the highest bit of element j of run r. */
    Q5_K(256, 176),
    /** Blocks of 256: 128 bytes of low nibbles, 64 bytes of high bit pairs, 16 signed scales s, a float16 d; value (q−32)·d·s. */
    Q6_K(256, 210),
    /**
     * Blocks of 128, which hold the weights of GPTQ and AWQ checkpoints without rounding: a float16 scale d, a 16-bit zero point z (0 to
     * 16), then four times the 16 nibble bytes of Q4_0. The value is (q−z)·d.
     */
    Q4_G128(128, 68);

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
