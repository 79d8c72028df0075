package dev.apprentice.algebra.nd4j.internal;

import java.lang.foreign.MemorySegment;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Lays ND4J arrays over native memory, without a copy. */
final class Vectors {
    private Vectors() {}

    /** Number of floats in the segment; throws unless it is live native memory of whole floats. */
    static long length(MemorySegment vector) {
        if (!vector.isNative()
                || !vector.scope().isAlive()
                || vector.byteSize() == 0
                || vector.byteSize() % Float.BYTES != 0) {
            throw new AlgebraException(
                    AlgebraException.Code.VECTOR,
                    "A vector of " + vector.byteSize() + " bytes (native " + vector.isNative() + ", open "
                            + vector.scope().isAlive()
                            + ") is not usable: pass native memory of one or more floats whose arena is open");
        }
        return vector.byteSize() / Float.BYTES;
    }

    /** As {@link #length(MemorySegment)}; throws also unless the others are as long. */
    static long length(MemorySegment vector, MemorySegment... others) {
        long length = length(vector);
        for (MemorySegment other : others) {
            if (length(other) != length) {
                throw new AlgebraException(
                        AlgebraException.Code.VECTOR,
                        "Vectors of " + length + " and " + length(other)
                                + " floats cannot be combined: pass equally long ones");
            }
        }
        return length;
    }

    /** As {@link #over(MemorySegment)}, for an array that is written to; native code does not see that memory is read-only. */
    static INDArray target(MemorySegment vector) {
        requireWritable(vector);
        return over(vector);
    }

    /** Throws if the segment may only be read. */
    static void requireWritable(MemorySegment vector) {
        if (vector.isReadOnly()) {
            throw new AlgebraException(
                    AlgebraException.Code.VECTOR,
                    "A vector of " + vector.byteSize()
                            + " bytes is read-only, but a result was to be written there: pass a copy");
        }
    }

    /** A rank-1 array over the segment; the caller keeps the segment's arena open while the array is used. */
    static INDArray over(MemorySegment vector) {
        return over(vector, length(vector));
    }

    /** An array of the given shape over the segment. */
    static INDArray over(MemorySegment vector, long... shape) {
        FloatPointer pointer = new SegmentPointer(vector);
        return Nd4j.create(
                Nd4j.createBuffer(pointer, DataType.FLOAT, length(vector), FloatIndexer.create(pointer)), shape);
    }

    /** Points at the segment's first float; never frees it, and keeps it from being collected. */
    private static final class SegmentPointer extends FloatPointer {
        @SuppressWarnings("unused") // only there to be reachable
        private final MemorySegment segment;

        SegmentPointer(MemorySegment segment) {
            super((Pointer) null);
            this.segment = segment;
            address = segment.address();
            capacity = segment.byteSize() / Float.BYTES;
            limit = capacity;
        }
    }
}
