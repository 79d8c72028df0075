package dev.apprentice.kernels.cpu.internal;

import dev.apprentice.compute.DataType;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The weight types that the C library reads, in the order of its {@code enum type}. */
enum NativeType {
    F32(DataType.F32),
    BF16(DataType.BF16),
    Q8_0(DataType.Q8_0),
    Q4_0(DataType.Q4_0),
    /** F32 that is rounded to BF16 where it is read; no weight is held like that, but gradients are made of it. */
    F32_AS_BF16(null);

    private static final Map<DataType, NativeType> KNOWN = new EnumMap<>(DataType.class);

    static {
        for (NativeType type : values()) {
            if (type.type != null) {
                KNOWN.put(type.type, type);
            }
        }
    }

    private final @Nullable DataType type;

    NativeType(@Nullable DataType type) {
        this.type = type;
    }

    /** Null for a type that only the Vector API reads. */
    static @Nullable NativeType of(DataType type) {
        return KNOWN.get(type);
    }
}
