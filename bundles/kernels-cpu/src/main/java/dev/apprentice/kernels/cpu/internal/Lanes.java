package dev.apprentice.kernels.cpu.internal;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The vector width that all operations here use, and the loads and stores that go with it. */
final class Lanes {
    /** The processor's width, at most 512 bits, the widest that the packing knows. */
    static final VectorSpecies<Float> FLOATS =
            FloatVector.SPECIES_PREFERRED.length() > 16 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;

    static final int COUNT = FLOATS.length();

    static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);

    /** Shorts that widen to one vector of floats. */
    static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, COUNT * 16)));

    /** Bytes that widen to one vector of floats, or to two where no shape is as narrow as one. */
    static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, COUNT * 8)));

    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private Lanes() {}

    /** The largest multiple of the vector length up to count. */
    static int bound(int count) {
        return count & -COUNT;
    }

    static FloatVector load(MemorySegment data, long offset) {
        return FloatVector.fromMemorySegment(FLOATS, data, offset, ORDER);
    }

    static void store(FloatVector vector, MemorySegment data, long offset) {
        vector.intoMemorySegment(data, offset, ORDER);
    }
}
