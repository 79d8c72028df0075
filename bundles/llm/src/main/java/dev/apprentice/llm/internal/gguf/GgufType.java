package dev.apprentice.llm.internal.gguf;

import java.util.Optional;

/** Types of metadata values; the order is that of their ids. */
public enum GgufType {
    U8(1),
    I8(1),
    U16(2),
    I16(2),
    U32(4),
    I32(4),
    F32(4),
    BOOL(1),
    TEXT(8),
    ARRAY(12),
    U64(8),
    I64(8),
    F64(8);

    private final int leastBytes;

    GgufType(int leastBytes) {
        this.leastBytes = leastBytes;
    }

    /** Bytes that a value takes at least: exact for numbers, the length field of texts and arrays. */
    int leastBytes() {
        return leastBytes;
    }

    int id() {
        return ordinal();
    }

    static Optional<GgufType> of(int id) {
        return id >= 0 && id < values().length ? Optional.of(values()[id]) : Optional.empty();
    }
}
