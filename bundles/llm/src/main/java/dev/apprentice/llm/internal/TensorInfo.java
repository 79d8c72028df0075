package dev.apprentice.llm.internal;

import dev.apprentice.compute.DataType;
import java.util.List;

/**
 * What is known of a tensor before it is read.
 *
 * @param shape slowest dimension first
 */
public record TensorInfo(DataType type, List<Long> shape) {
    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /** Number of elements. */
    long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** Bytes that so many elements take in a type whose blocks divide the rows. */
    long bytes(DataType held) {
        return Math.ceilDiv(elements(), held.blockElements()) * held.blockBytes();
    }
}
