package dev.apprentice.learning.internal;

import dev.apprentice.learning.LearningException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Learned vectors as one blob: the eight bytes {@code APPRCKP1}, the number of values as a little-endian u64, then the values as
 * little-endian float32. Nothing is rounded, so that going on after a restart equals never having stopped, bit for bit.
 */
final class Checkpoint {
    private static final long MAGIC = 0x31504B4352505041L; // "APPRCKP1", read as little-endian
    private static final int HEADER = 16;
    private static final ValueLayout.OfFloat LITTLE_ENDIAN =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Checkpoint() {}

    static byte[] encode(LearnedVectors vectors) {
        MemorySegment values = vectors.all();
        long count = values.byteSize() / Float.BYTES;
        byte[] bytes = new byte[Math.toIntExact(HEADER + values.byteSize())];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(MAGIC).putLong(count);
        MemorySegment.copy(
                values, ValueLayout.JAVA_FLOAT, 0, MemorySegment.ofArray(bytes), LITTLE_ENDIAN, HEADER, count);
        return bytes;
    }

    /** Reads a checkpoint of an adapter of so many bytes. */
    static LearnedVectors decode(byte[] bytes, long adapterBytes) {
        LearnedVectors vectors = LearnedVectors.allocate(adapterBytes);
        long count = vectors.all().byteSize() / Float.BYTES;
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length != HEADER + count * Float.BYTES || header.getLong() != MAGIC || header.getLong() != count) {
            throw new LearningException(
                    LearningException.Code.FAILED,
                    "A checkpoint of " + bytes.length + " bytes does not fit an adapter of " + adapterBytes
                            + " bytes: roll back to another commit");
        }
        MemorySegment.copy(
                MemorySegment.ofArray(bytes), LITTLE_ENDIAN, HEADER, vectors.all(), ValueLayout.JAVA_FLOAT, 0, count);
        return vectors;
    }
}
