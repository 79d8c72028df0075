package dev.apprentice.kernels.cuda.internal;

import dev.apprentice.compute.DataType;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongBiFunction;

/** The kernels on the device: their names are those in the {@code .cu} files, one for each type of weights. */
final class CudaFunctions {
    /** Tokens up to which weights are read once for all of them and activations are not rounded to float16. */
    static final int FEW = 8;

    /** Outputs that a warp makes of several tokens, which then read their activations less often. */
    static final int ROWS_OF_FEW = 2;

    private final long roundToBytes;
    private final long roundToHalves;
    private final Map<DataType, OfType> types = new EnumMap<>(DataType.class);

    /**
     * Products with weights of one type.
     *
     * @param one of one token
     * @param few of at most {@link #FEW}
     */
    record OfType(long one, long few, long many, long transposed) {}

    /** @param handles from module and name */
    CudaFunctions(ToLongBiFunction<String, String> handles) {
        roundToBytes = handles.applyAsLong("round_rows", "round_to_bytes");
        roundToHalves = handles.applyAsLong("round_rows", "round_to_halves");
        for (DataType type : DataType.values()) {
            types.put(
                    type,
                    new OfType(
                            handles.applyAsLong("product_few", "product_few_" + type + "_1"),
                            handles.applyAsLong("product_few", "product_few_" + type + "_" + FEW),
                            handles.applyAsLong("product_many", "product_many_" + type),
                            handles.applyAsLong("product_transposed", "product_transposed_" + type)));
        }
    }

    long roundToBytes() {
        return roundToBytes;
    }

    long roundToHalves() {
        return roundToHalves;
    }

    OfType of(DataType type) {
        return Objects.requireNonNull(types.get(type));
    }
}
