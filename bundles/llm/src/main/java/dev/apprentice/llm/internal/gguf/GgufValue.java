package dev.apprentice.llm.internal.gguf;

import java.lang.foreign.MemorySegment;

/** A value of the metadata. */
public sealed interface GgufValue {

    /**
     * A whole number.
     *
     * @param value of U64 the 64 bits, negative from 2⁶³ on
     */
    record Whole(GgufType type, long value) implements GgufValue {}

    /** A number of type F32 or F64. */
    record Real(GgufType type, double value) implements GgufValue {}

    record Flag(boolean value) implements GgufValue {}

    record Text(String value) implements GgufValue {}

    /**
     * An array that is decoded when it is asked for.
     *
     * @param bytes its elements as the file holds them, checked to be complete
     */
    record Many(GgufType element, long count, MemorySegment bytes) implements GgufValue {}
}
