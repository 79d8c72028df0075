package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Where one tensor lies in a flat vector of float32 values that are trained together.
 *
 * @param name in files: after the module's for a tensor of an adapter, all of it for a weight
 * @param shape slowest dimension first
 * @param offset in bytes
 */
record Slice(String name, List<Integer> shape, long offset) {
    int elements() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    long end() {
        return offset + 4L * elements();
    }

    /** Its bytes in a flat segment. */
    MemorySegment in(MemorySegment values) {
        return values.asSlice(offset, 4L * elements());
    }

    /** A matrix in a flat segment. */
    Tensor tensor(MemorySegment values) {
        return new Tensor(shape.get(0), shape.get(1), in(values));
    }
}
