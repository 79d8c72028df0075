package dev.apprentice.kernels.cpu.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** y += x for a range of elements. */
final class Addition {
    private Addition() {}

    static void run(MemorySegment x, MemorySegment y, long from, int count) {
        int bound = Lanes.bound(count);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            long at = 4 * (from + i);
            Lanes.store(Lanes.load(y, at).add(Lanes.load(x, at)), y, at);
        }
        for (int i = bound; i < count; i++) {
            long at = 4 * (from + i);
            y.set(JAVA_FLOAT_UNALIGNED, at, y.get(JAVA_FLOAT_UNALIGNED, at) + x.get(JAVA_FLOAT_UNALIGNED, at));
        }
    }
}
