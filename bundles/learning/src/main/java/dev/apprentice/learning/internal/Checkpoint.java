package dev.apprentice.learning.internal;

import dev.apprentice.learning.LearningException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Learned vectors as one blob: the eight bytes {@code APPRCKP1}, the number of values as a little-endian u64, then the values as
 * little-endian float32. Nothing is rounded, so that going on after a restart equals never having stopped, bit for bit.
 */
final class Checkpoint {
    private static final long MAGIC = 0x31504B4352505041L; // "APPRCKP1", read as little-endian
    private static final int HEADER = 16;
    private static final ValueLayout.OfLong LITTLE_ENDIAN =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Checkpoint() {}

    /** The parts of the blob; the values are not copied, as they are a large part of what a learner holds in memory. */
    static List<MemorySegment> encode(LearnedVectors vectors) {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new LearningException(
                    LearningException.Code.FAILED,
                    "Checkpoints are little-endian, and this processor is not: use another machine");
        }
        byte[] header = new byte[HEADER];
        ByteBuffer.wrap(header)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(MAGIC)
                .putLong(vectors.all().byteSize() / Float.BYTES);
        return List.of(MemorySegment.ofArray(header), vectors.all());
    }

    /** Reads a checkpoint of an adapter of so many bytes. */
    static LearnedVectors decode(MemorySegment blob, long adapterBytes) {
        LearnedVectors vectors = LearnedVectors.allocate(adapterBytes);
        long count = vectors.all().byteSize() / Float.BYTES;
        if (blob.byteSize() != HEADER + count * Float.BYTES
                || blob.get(LITTLE_ENDIAN, 0) != MAGIC
                || blob.get(LITTLE_ENDIAN, Long.BYTES) != count) {
            throw new LearningException(
                    LearningException.Code.FAILED,
                    "A checkpoint of " + blob.byteSize() + " bytes does not fit an adapter of " + adapterBytes
                            + " bytes: roll back to another commit");
        }
        vectors.all().copyFrom(blob.asSlice(HEADER));
        return vectors;
    }
}
