package dev.apprentice.kernels.cpu.internal;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
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

    private static final VectorShuffle<Float> HALF = turnedBy(COUNT / 2);
    private static final VectorShuffle<Float> QUARTER = turnedBy(COUNT / 4);
    private static final VectorShuffle<Float> EIGHTH = turnedBy(COUNT / 8);
    private static final VectorShuffle<Float> SIXTEENTH = turnedBy(COUNT / 16);

    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private Lanes() {}

    /** The largest multiple of the vector length up to count. */
    static int bound(int count) {
        return count & -COUNT;
    }

    private static VectorShuffle<Float> turnedBy(int lanes) {
        return VectorShuffle.iota(FLOATS, lanes, 1, true);
    }

    /**
     * The sum of the lanes, halves added to halves. reduceLanes leaves the order open, and takes another once the code is compiled; then a
     * run that is gone on with in another process would not be the run in one.
     */
    static float sum(FloatVector vector) {
        FloatVector sum = vector.add(vector.rearrange(HALF));
        if (COUNT > 2) {
            sum = sum.add(sum.rearrange(QUARTER));
        }
        if (COUNT > 4) {
            sum = sum.add(sum.rearrange(EIGHTH));
        }
        if (COUNT > 8) {
            sum = sum.add(sum.rearrange(SIXTEENTH));
        }
        return sum.lane(0);
    }

    static FloatVector load(MemorySegment data, long offset) {
        return FloatVector.fromMemorySegment(FLOATS, data, offset, ORDER);
    }

    static void store(FloatVector vector, MemorySegment data, long offset) {
        vector.intoMemorySegment(data, offset, ORDER);
    }
}
