package dev.apprentice.compute;

/** Conversion between float32 and bfloat16, its upper half. */
public final class BFloat16 {
    private BFloat16() {}

    /** The float32 of the same value. */
    public static float toFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The nearest bfloat16, ties to even; NaN stays NaN. */
    public static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40); // a quiet NaN, even if the upper half alone would read as infinity
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }
}
